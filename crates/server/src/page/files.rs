//! The files of the page, which are part of the program.

use bytes::Bytes;
use engine::page_files::PageFile;
use rust_embed::{Embed, EmbeddedFile};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// What `npm run build` made of `web`; nothing, if it was not run before the program was built.
#[derive(Embed)]
#[folder = "../../web/dist"]
struct Built;

/// The only absolute address in the page: all others are relative to it.
const BASE: &str = r#"<base href="/" />"#;

/// One file, as it is and in the codings that were made when the page was built.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct File {
    pub media_type: String,
    /// Names the content.
    pub tag: String,
    pub plain: Bytes,
    pub gzip: Option<Bytes>,
    pub brotli: Option<Bytes>,
}

impl From<PageFile> for File {
    fn from(file: PageFile) -> File {
        let (gzip, brotli) = (file.gzip.map(Bytes::from), file.brotli.map(Bytes::from));
        File { media_type: file.media_type, tag: file.tag, plain: file.plain.into(), gzip, brotli }
    }
}

/// Names with a hash of the content: what is behind one never changes.
pub const HASHED: &str = "assets/";

/// The page.
pub struct Page {
    /// Every file by its path, compressed forms aside.
    files: BTreeMap<String, File>,
    index: File,
}

impl Page {
    /// The page as it was built, for addresses that begin with this path.
    pub fn built(base: &str) -> Page {
        let all = Built::iter().filter_map(|path| Some((path.to_string(), Built::get(&path)?)));
        Page::of(all.map(|(path, file)| (path, embedded(file))).collect(), base)
    }

    /// The page that these files make, each under its path with its media type and content.
    fn of(mut contents: BTreeMap<String, File>, base: &str) -> Page {
        let mut files = BTreeMap::new();
        while let Some((path, file)) = contents.pop_first() {
            // The compressed forms of a file follow it, because their names begin with its own.
            let gzip = contents.remove(&format!("{path}.gz")).map(|file| file.plain);
            let brotli = contents.remove(&format!("{path}.br")).map(|file| file.plain);
            files.insert(path, File { gzip, brotli, ..file });
        }
        files.retain(|path, _| !path.starts_with('.'));
        let index = files.remove("index.html").unwrap_or_else(without_page);
        Page { files, index: below(base, index) }
    }

    /// A file by its path.
    pub fn file(&self, path: &str) -> Option<&File> {
        self.files.get(path)
    }

    /// The files with a hash in their names, which pages of this build ask other instances for too. In the order of their paths.
    pub fn hashed(&self) -> Vec<PageFile> {
        let hashed = self.files.iter().filter(|(path, _)| path.starts_with(HASHED));
        let owned = |bytes: &Option<Bytes>| bytes.as_ref().map(|bytes| bytes.to_vec());
        let shared = hashed.map(|(path, file)| PageFile {
            path: path.clone(),
            media_type: file.media_type.clone(),
            tag: file.tag.clone(),
            plain: file.plain.to_vec(),
            gzip: owned(&file.gzip),
            brotli: owned(&file.brotli),
        });
        shared.collect()
    }

    /// The document that every screen begins with.
    pub fn index(&self) -> &File {
        &self.index
    }
}

fn embedded(file: EmbeddedFile) -> File {
    let plain = match file.data {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => bytes.into(),
    };
    let media_type = file.metadata.mimetype();
    let is_text = media_type.starts_with("text/");
    File {
        media_type: if is_text { format!("{media_type}; charset=utf-8") } else { media_type.to_owned() },
        tag: hex(&file.metadata.sha256_hash()),
        plain,
        ..File::default()
    }
}

/// A program that was built without the page shows this file.
fn without_page() -> File {
    html(include_str!("../../assets/no-page.html").to_owned())
}

fn html(text: String) -> File {
    let media_type = "text/html; charset=utf-8".to_owned();
    File { media_type, tag: hex(&Sha256::digest(&text)), plain: text.into(), ..File::default() }
}

/// The document for addresses that begin with the path `base`.
fn below(base: &str, index: File) -> File {
    let base = format!("{}/", base.trim_end_matches('/'));
    if base == "/" {
        return index;
    }
    html(String::from_utf8_lossy(&index.plain).replacen(BASE, &format!(r#"<base href="{base}" />"#), 1))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub fn page(base: &str) -> Page {
        let file = |path: &str, text: &'static str| {
            let file = File { plain: text.into(), tag: path.to_owned(), ..File::default() };
            (path.to_owned(), file)
        };
        let files = [
            file(".gitkeep", ""),
            file("assets/main-1a2b.js", "plain"),
            file("assets/main-1a2b.js.br", "br"),
            file("assets/main-1a2b.js.gz", "gz"),
            file("index.html", "<head><base href=\"/\" /></head>"),
            file("index.html.gz", "compressed"),
            file("theme.js", "theme"),
        ];
        Page::of(files.into(), base)
    }

    #[test]
    fn compressed_forms_and_hidden_files_have_no_address() {
        let page = page("/");
        let main = page.file("assets/main-1a2b.js").expect("a file");
        assert_eq!((main.brotli.as_deref(), main.gzip.as_deref()), (Some(&b"br"[..]), Some(&b"gz"[..])));
        for path in ["assets/main-1a2b.js.br", "assets/main-1a2b.js.gz", "index.html.gz", ".gitkeep", ""] {
            assert_eq!(page.file(path), None, "{path}");
        }
    }

    #[test]
    fn the_document_below_a_prefix_has_its_base_and_no_old_compressed_form() {
        let root = page("/");
        assert_eq!(root.index().gzip.as_deref(), Some(&b"compressed"[..]));
        let prefixed = page("/x");
        let index = prefixed.index();
        assert_eq!(index.plain, "<head><base href=\"/x/\" /></head>");
        assert!(index.gzip.is_none() && index.tag != root.index().tag);
    }

    #[test]
    fn the_documents_of_the_page_have_the_base_that_is_replaced() {
        let of_page = include_str!("../../../../web/index.html");
        for document in [of_page, include_str!("../../assets/no-page.html")] {
            assert_eq!(document.matches(BASE).count(), 1);
        }
    }
}
