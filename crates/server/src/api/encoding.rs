//! Content codings (RFC 9110 §8.4): which one a client takes, and bodies that go out as the client reads them.

use actix_web::HttpMessage;
use actix_web::body::{BoxBody, SizedStream};
use actix_web::http::header::{AcceptEncoding, ContentEncoding, Encoding, Preference, Quality};
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
    pub fn accepted(request: &impl HttpMessage) -> Coding {
        let served = [Coding::Identity, Coding::Gzip, Coding::Zstd];
        best(request, &served, Coding::typed).unwrap_or(Coding::Identity)
    }

    /// The header `Content-Encoding`; none for bytes as they are.
    pub fn header(self) -> Option<ContentEncoding> {
        Some(self.typed()).filter(|_| self != Coding::Identity)
    }

    fn typed(self) -> ContentEncoding {
        match self {
            Coding::Zstd => ContentEncoding::Zstd,
            Coding::Gzip => ContentEncoding::Gzip,
            Coding::Identity => ContentEncoding::Identity,
        }
    }
}

/// What the client likes best of what is served; of equal ones the last.
///
/// `AcceptEncoding::negotiate` of actix-web 4.18 does not choose, because it takes `*` for no coding but `Identity`.
pub fn best<C: Copy>(request: &impl HttpMessage, served: &[C], typed: fn(C) -> ContentEncoding) -> Option<C> {
    let listed = request.get_header::<AcceptEncoding>().map_or_else(Vec::new, |accepted| accepted.0);
    let quality = |named: &Preference<Encoding>| {
        let found = listed.iter().find(|listed| listed.item == *named);
        found.map(|listed| listed.quality)
    };
    let weighed = served.iter().map(|coding| {
        // A coding that the client does not name is not used. The bytes without a coding are used as the last choice.
        let needs_none = typed(*coding) == ContentEncoding::Identity;
        let unnamed = if needs_none { Quality::MIN } else { Quality::ZERO };
        let unnamed = quality(&Preference::Any).unwrap_or(unnamed);
        let named = Preference::Specific(Encoding::Known(typed(*coding)));
        (*coding, quality(&named).unwrap_or(unnamed))
    });
    let taken = weighed.filter(|(_, quality)| *quality > Quality::ZERO);
    taken.max_by_key(|(_, quality)| *quality).map(|(coding, _)| coding)
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
    use actix_web::http::header::ACCEPT_ENCODING;
    use actix_web::test::TestRequest;

    fn accepted(value: &str) -> Coding {
        Coding::accepted(&TestRequest::default().insert_header((ACCEPT_ENCODING, value)).to_http_request())
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
            ("gzip;q=0.001, zstd;q=0.002", Zstd),
            ("gzip;q=0.5, zstd;q=0.4, *;q=0.6", Identity),
            ("zstd ; q=0.5 , gzip", Gzip),
        ] {
            assert_eq!(accepted(value), coding, "{value}");
        }
        assert_eq!(Coding::accepted(&TestRequest::default().to_http_request()), Coding::Identity);
    }
}
