//! The id of the request being answered.

tokio::task_local! {
    static REQUEST_ID: String;
}

/// The id of the request being answered, if there is one.
pub fn current() -> Option<String> {
    REQUEST_ID.try_with(Clone::clone).ok()
}

/// Answers a request under its id.
pub async fn scope<T>(id: String, answering: impl Future<Output = T>) -> T {
    REQUEST_ID.scope(id, answering).await
}

/// The same for an answer that needs no waiting.
pub fn sync_scope<T>(id: String, answering: impl FnOnce() -> T) -> T {
    REQUEST_ID.sync_scope(id, answering)
}
