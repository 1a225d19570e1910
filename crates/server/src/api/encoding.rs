//! Content codings (RFC 9110 §8.4): which one a client takes, and bodies that go out as the client reads them.

use actix_web::body::{BoxBody, SizedStream};
use actix_web::http::header::{self, HeaderMap};
use bytes::Bytes;
use engine::snapshots::{Entry, Stored};
use futures_util::{StreamExt, stream};
use std::io::{self, Read, Write};

/// What is handed to the connection at a time: a client that reads slowly holds no more than this besides what is shared.
const CHUNK: usize = 32 * 1024;

/// A content coding that is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    Zstd,
    Gzip,
    Identity,
}

impl Coding {
    /// The one that the client likes best; of those it likes the same, the one that costs least. A client that takes none of
    /// them gets `Identity`, as RFC 9110 §12.5.3 advises.
    pub fn accepted(headers: &HeaderMap) -> Coding {
        let values = headers.get_all(header::ACCEPT_ENCODING).filter_map(|value| value.to_str().ok());
        let listed: Vec<(&str, u16)> =
            values.flat_map(|value| value.split(',')).filter_map(weighed).collect();
        let listed = |name: &str| {
            let found = listed.iter().find(|(coding, _)| coding.eq_ignore_ascii_case(name));
            found.map(|(_, weight)| *weight)
        };
        let offers = [(Coding::Identity, "identity"), (Coding::Gzip, "gzip"), (Coding::Zstd, "zstd")];
        let weighed = offers.map(|(coding, name)| {
            // What is not named is not taken, save what needs no coding: that is taken, last of all.
            let unnamed = listed("*").unwrap_or(u16::from(coding == Coding::Identity));
            (coding, listed(name).unwrap_or(unnamed))
        });
        let taken = weighed.into_iter().filter(|(_, weight)| *weight > 0);
        // Of equal ones the last.
        taken.max_by_key(|(_, weight)| *weight).map_or(Coding::Identity, |(coding, _)| coding)
    }

    /// The header's value; none for bytes as they are.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Coding::Zstd => Some("zstd"),
            Coding::Gzip => Some("gzip"),
            Coding::Identity => None,
        }
    }
}

/// `gzip;q=0.5` as a name and thousandths. What is malformed does not count.
fn weighed(item: &str) -> Option<(&str, u16)> {
    let mut parts = item.split(';').map(str::trim);
    let name = parts.next().filter(|name| !name.is_empty())?;
    let q = match parts.next() {
        None => 1.0,
        Some(q) => q.strip_prefix("q=").or(q.strip_prefix("Q="))?.trim().parse::<f32>().ok()?,
    };
    (0.0..=1.0).contains(&q).then(|| (name, (q * 1000.0).round() as u16))
}

/// Kept bytes as a body, piece by piece.
pub fn stored(bytes: Stored) -> BoxBody {
    let length = bytes.size();
    let pieces = stream::iter((0..length).step_by(CHUNK)).map(move |at| bytes.chunk(at));
    BoxBody::new(SizedStream::new(length, pieces))
}

/// An entry's bytes without compression, decompressed as the client reads them.
///
/// # Errors
/// When the decoder cannot be made.
pub fn plain(entry: &Entry) -> io::Result<BoxBody> {
    let mut reader = entry.open()?;
    let pieces = stream::iter(std::iter::from_fn(move || {
        let mut piece = vec![0; CHUNK];
        match reader.read(&mut piece) {
            Ok(0) => None,
            Ok(read) => {
                piece.truncate(read);
                Some(Ok::<Bytes, io::Error>(piece.into()))
            }
            Err(error) => Some(Err(error)),
        }
    }));
    Ok(BoxBody::new(SizedStream::new(entry.size, pieces)))
}

/// Encodes a body whose pieces come one after the other.
pub enum Encoder {
    Zstd(zstd::Encoder<'static, Vec<u8>>),
    Gzip(flate2::write::GzEncoder<Vec<u8>>),
    Identity(Vec<u8>),
}

impl Encoder {
    /// # Errors
    /// When the encoder cannot be made.
    pub fn new(coding: Coding) -> io::Result<Encoder> {
        Ok(match coding {
            Coding::Zstd => Encoder::Zstd(zstd::Encoder::new(Vec::new(), 3)?),
            Coding::Gzip => {
                Encoder::Gzip(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default()))
            }
            Coding::Identity => Encoder::Identity(Vec::new()),
        })
    }

    /// What may go out after this piece.
    ///
    /// # Errors
    /// Those of the encoder.
    pub fn piece(&mut self, bytes: &[u8]) -> io::Result<Bytes> {
        let out = match self {
            Encoder::Zstd(encoder) => {
                encoder.write_all(bytes)?;
                encoder.get_mut()
            }
            Encoder::Gzip(encoder) => {
                encoder.write_all(bytes)?;
                encoder.get_mut()
            }
            Encoder::Identity(out) => {
                out.extend_from_slice(bytes);
                out
            }
        };
        Ok(std::mem::take(out).into())
    }

    /// What goes out last.
    ///
    /// # Errors
    /// Those of the encoder.
    pub fn end(self) -> io::Result<Bytes> {
        let rest = match self {
            Encoder::Zstd(encoder) => encoder.finish()?,
            Encoder::Gzip(encoder) => encoder.finish()?,
            Encoder::Identity(rest) => rest,
        };
        Ok(rest.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    fn accepted(value: &str) -> Coding {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_str(value).expect("a value"));
        Coding::accepted(&headers)
    }

    #[test]
    fn the_coding_that_the_client_weighs_most_is_chosen() {
        use Coding::{Gzip, Identity, Zstd};
        for (value, coding) in [
            ("gzip, deflate, br, zstd", Zstd),
            ("gzip, deflate, br", Gzip),
            ("gzip;q=1.0, zstd;q=0.5", Gzip),
            ("GZIP;Q=0.4, zstd;q=0.4", Zstd),
            ("zstd;q=0, gzip;q=0", Identity),
            ("zstd;q=0, *", Gzip),
            ("*", Zstd),
            ("*;q=0", Identity),
            ("identity, gzip;q=0.5", Identity),
            ("identity;q=0.1, gzip;q=0.5", Gzip),
            ("identity;q=0", Identity),
            ("br", Identity),
            ("", Identity),
            ("gzip;q=x, zstd;q=2", Identity),
            ("gzip;level=9", Identity),
        ] {
            assert_eq!(accepted(value), coding, "{value}");
        }
        assert_eq!(Coding::accepted(&HeaderMap::new()), Coding::Identity);
    }
}
