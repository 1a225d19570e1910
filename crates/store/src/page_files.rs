//! The files of the page, of every build that ran lately.

use crate::{AsyncPgConnection, Result};
use diesel::OptionalExtension;
use diesel::sql_types::{Array, Bytea, Integer, Nullable, Text};
use diesel_async::RunQueryDsl;

/// A file with a hash of its content in its name: what is behind a path never changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageFile {
    /// Its address below that of the page.
    pub path: String,
    /// Its `Content-Type`.
    pub media_type: String,
    /// Names the content.
    pub tag: String,
    /// As it is.
    pub plain: Vec<u8>,
    /// Compressed by gzip.
    pub gzip: Option<Vec<u8>>,
    /// Compressed by Brotli.
    pub brotli: Option<Vec<u8>>,
}

type Bytes<'a> = Option<&'a [u8]>;
type Columns = (Text, Text, Bytea, Nullable<Bytea>, Nullable<Bytea>);
type Row = (String, String, Vec<u8>, Option<Vec<u8>>, Option<Vec<u8>>);

statement! { Renew(paths: &'a [&'a str] as Array<Text>) -> Text:
"UPDATE page_files SET had_at = now() WHERE path IN (SELECT path FROM page_files WHERE path = ANY({}) ORDER BY path FOR UPDATE) \
RETURNING path" }
statement! { Insert(path: &'a str as Text, media_type: &'a str as Text, tag: &'a str as Text, plain: &'a [u8] as Bytea,
    gzip: Bytes<'a> as Nullable<Bytea>, brotli: Bytes<'a> as Nullable<Bytea>) -> Text:
"INSERT INTO page_files (path, media_type, tag, plain, gzip, brotli) VALUES ({}, {}, {}, {}, {}, {}) \
ON CONFLICT (path) DO UPDATE SET had_at = now()" }
statement! { Sweep(days: i32 as Integer) -> Text:
"DELETE FROM page_files WHERE had_at < now() - make_interval(days => {})" }
statement! { Find(path: &'a str as Text) -> Columns:
"SELECT media_type, tag, plain, gzip, brotli FROM page_files WHERE path = {}" }

/// Says that these are the files of a build that runs now. They are in the order of their paths, so that instances that start at
/// once wait for each other in one order.
///
/// # Errors
/// Those of the queries.
pub async fn have(conn: &AsyncPgConnection, files: &[PageFile]) -> Result<()> {
    let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
    let known: Vec<String> = Renew::new(&paths).load(&mut &*conn).await?;
    for file in files.iter().filter(|file| !known.contains(&file.path)) {
        let (gzip, brotli) = (file.gzip.as_deref(), file.brotli.as_deref());
        let insert = Insert::new(&file.path, &file.media_type, &file.tag, &file.plain, gzip, brotli);
        insert.execute(&mut &*conn).await?;
    }
    Ok(())
}

/// Deletes the files that no instance had for so many days.
///
/// # Errors
/// Those of the query.
pub async fn sweep(conn: &AsyncPgConnection, days: i32) -> Result<usize> {
    Ok(Sweep::new(days).execute(&mut &*conn).await?)
}

/// The file of any build that has this path.
///
/// # Errors
/// Those of the query.
pub async fn find(conn: &AsyncPgConnection, path: &str) -> Result<Option<PageFile>> {
    let row: Option<Row> = Find::new(path).get_result(&mut &*conn).await.optional()?;
    Ok(row.map(|(media_type, tag, plain, gzip, brotli)| {
        let path = path.to_owned();
        PageFile { path, media_type, tag, plain, gzip, brotli }
    }))
}
