//! What anybody may know of the installation.

use crate::error::ReadError;
use crate::question::{Question, Sources};

/// Whether anybody has an account. Nobody has to be logged in to ask.
pub struct AnyAccount;

impl Question for AnyAccount {
    type Answer = bool;

    async fn answer(self, from: &Sources) -> Result<bool, ReadError> {
        Ok(store::users::any(&*from.conn().await?).await?)
    }
}
