//! Statements written by hand, prepared once per connection.
//!
//! `diesel::sql_query` prepares its text anew every time, a round trip more. A type of its own gives a statement a name
//! for the cache of prepared statements.
//!
//! A command must cost the same in a project of 50,000 tasks that was imported a second ago, when Postgres has no statistics
//! yet and takes a project for a hundred rows. So what commands read is written to leave no choice but the index: by
//! `= ANY(ARRAY(SELECT …))`, and by `CROSS JOIN LATERAL (… OFFSET 0)` instead of a join that could be hashed,
//! and by `NOT EXISTS (… OFFSET 0)`, which is not made a join either.

/// Declares a statement as a type. `{}` in its text stands for the binds, in order.
///
/// ```ignore
/// statement! { FeedOf(users: &'a [Uuid] as Array<SqlUuid>) -> (SqlUuid, BigInt):
///     "SELECT id, feed_version FROM users WHERE id = ANY({})" }
/// FeedOf::new(&ids).load::<(Uuid, i64)>(&mut &*conn).await?
/// ```
macro_rules! statement {
    ($(#[$doc:meta])* $name:ident ($($field:ident: $type:ty as $sql:ty),* $(,)?) -> $row:ty: $text:expr) => {
        $(#[$doc])*
        struct $name<'a> {
            $($field: $type,)*
            borrowed: std::marker::PhantomData<&'a ()>,
        }

        impl<'a> $name<'a> {
            // One argument for each bind, in their order.
            #[allow(clippy::too_many_arguments)]
            fn new($($field: $type),*) -> Self {
                Self { $($field,)* borrowed: std::marker::PhantomData }
            }
        }

        impl diesel::query_builder::QueryId for $name<'_> {
            type QueryId = $name<'static>;
            const HAS_STATIC_QUERY_ID: bool = true;
        }

        impl diesel::query_builder::Query for $name<'_> {
            type SqlType = $row;
        }

        impl diesel::query_builder::QueryFragment<diesel::pg::Pg> for $name<'_> {
            fn walk_ast<'b>(
                &'b self,
                mut out: diesel::query_builder::AstPass<'_, 'b, diesel::pg::Pg>,
            ) -> diesel::QueryResult<()> {
                let text: &'static str = $text;
                let mut pieces = text.split("{}");
                out.push_sql(pieces.next().unwrap_or_default());
                $(
                    out.push_bind_param::<$sql, _>(&self.$field)?;
                    out.push_sql(pieces.next().unwrap_or_default());
                )*
                Ok(())
            }
        }
    };
}
