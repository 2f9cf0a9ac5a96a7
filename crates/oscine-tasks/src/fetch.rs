//! Fetches the files of MNIST. Each is known by the SHA-256 of what is packed in it, so that it does not matter who sends it, or how.

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use flate2::read::GzDecoder;
use sha2::{Digest, Sha256};

use crate::TaskError;

/// Who has the files, one after the other.
pub const MNIST_PLACES: [&str; 2] = [
    "http://ossci-datasets.s3.amazonaws.com/mnist",
    "http://storage.googleapis.com/cvdf-datasets/mnist",
];

/// Each file, and the SHA-256 of its content.
const FILES: [(&str, &str); 4] = [
    (
        "train-images-idx3-ubyte.gz",
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    ),
    (
        "train-labels-idx1-ubyte.gz",
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    ),
    (
        "t10k-images-idx3-ubyte.gz",
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    ),
    (
        "t10k-labels-idx1-ubyte.gz",
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ),
];
/// No file of them is longer.
const LONGEST: u64 = 1 << 26;
/// A server that says nothing for so long is not waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// Puts MNIST into the folder `mnist` of a folder of data sets; files that are there and whole stay. `progress` is told the file and how many
/// of its bytes are there, of how many (0 where the server does not say).
///
/// # Errors
/// A folder that cannot be written, or files that none of the places gives whole.
pub fn fetch_mnist(
    data: &Path,
    places: &[&str],
    progress: &mut dyn FnMut(&str, u64, u64),
) -> Result<PathBuf, TaskError> {
    let folder = data.join("mnist");
    let unwritable = |path: &Path, error: &io::Error| TaskError::Unreadable {
        path: path.to_owned(),
        reason: error.to_string(),
    };
    fs::create_dir_all(&folder).map_err(|error| unwritable(&folder, &error))?;
    for (name, sum) in FILES {
        let path = folder.join(name);
        if fs::read(&path).is_ok_and(|bytes| is_whole(&bytes, sum)) {
            continue;
        }
        let bytes = from_any(places, name, sum, progress)?;
        // A file of that name is always whole.
        let partial = path.with_extension("partial");
        let written = fs::File::create(&partial)
            .and_then(|mut file| file.write_all(&bytes))
            .and_then(|()| fs::rename(&partial, &path));
        written.map_err(|error| unwritable(&path, &error))?;
    }
    Ok(folder)
}

fn from_any(
    places: &[&str],
    name: &str,
    sum: &str,
    progress: &mut dyn FnMut(&str, u64, u64),
) -> Result<Vec<u8>, TaskError> {
    let mut reasons = Vec::new();
    for place in places {
        let address = format!("{place}/{name}");
        match get(&address, &mut |there, all| progress(name, there, all)) {
            Ok(bytes) if is_whole(&bytes, sum) => return Ok(bytes),
            Ok(_) => reasons.push(format!(
                "{address}: what came is not the file (its SHA-256 is another)"
            )),
            Err(reason) => reasons.push(format!("{address}: {reason}")),
        }
    }
    Err(TaskError::NotFetched {
        name: name.to_owned(),
        reasons: reasons.join("; "),
    })
}

fn get(address: &str, progress: &mut dyn FnMut(u64, u64)) -> Result<Vec<u8>, String> {
    let settings = ureq::Agent::config_builder()
        .timeout_connect(Some(PATIENCE))
        .timeout_recv_response(Some(PATIENCE))
        .build();
    let answer = ureq::Agent::new_with_config(settings).get(address).call();
    let mut answer = answer.map_err(|error| error.to_string())?;
    let all = answer.body().content_length().unwrap_or(0);
    let mut reader = answer.body_mut().as_reader().take(LONGEST);
    let mut bytes = Vec::new();
    let mut part = [0; 1 << 16];
    loop {
        let read = reader.read(&mut part).map_err(|error| error.to_string())?;
        if read == 0 {
            return Ok(bytes);
        }
        bytes.extend_from_slice(&part[..read]);
        progress(bytes.len() as u64, all);
    }
}

fn is_whole(packed: &[u8], sum: &str) -> bool {
    let mut content = Vec::new();
    let read = GzDecoder::new(packed)
        .take(LONGEST)
        .read_to_end(&mut content);
    let found: String = Sha256::digest(&content)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    read.is_ok() && found == sum
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader};
    use std::net::TcpListener;

    use super::*;

    /// A server that answers each request in turn with one of these bodies; its address.
    fn server(bodies: Vec<Vec<u8>>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            for body in bodies {
                let (mut stream, _) = listener.accept().unwrap();
                let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
                while lines.next().is_some_and(|line| !line.unwrap().is_empty()) {}
                let head = format!(
                    "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                    body.len()
                );
                stream.write_all(head.as_bytes()).unwrap();
                stream.write_all(&body).unwrap();
            }
        });
        format!("http://{address}")
    }

    fn packed(content: &[u8]) -> Vec<u8> {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(content).unwrap();
        packer.finish().unwrap()
    }

    fn sum_of(content: &[u8]) -> String {
        let sum = Sha256::digest(content);
        sum.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn a_file_is_taken_from_the_first_place_that_gives_it_whole() {
        let content = vec![7; 200_000];
        let whole = packed(&content);
        let cut = whole[..whole.len() - 9].to_vec();
        let first = server(vec![cut]);
        let second = server(vec![whole.clone()]);
        let mut seen = Vec::new();
        let found = from_any(
            &["http://127.0.0.1:1", &first, &second],
            "images",
            &sum_of(&content),
            &mut |name, there, all| seen.push((name.to_owned(), there, all)),
        );
        assert_eq!(found.unwrap(), whole);
        let last = seen.last().unwrap();
        assert_eq!(
            *last,
            ("images".to_owned(), whole.len() as u64, whole.len() as u64)
        );
    }

    #[test]
    fn what_is_not_the_file_is_refused_with_who_said_what() {
        let wrong = server(vec![packed(b"something else")]);
        let places = ["http://127.0.0.1:1", &wrong];
        let error = from_any(&places, "images", &sum_of(b"it"), &mut |_, _, _| {});
        let message = error.unwrap_err().to_string();
        assert!(message.contains("SHA-256"), "{message}");
        assert!(message.contains("127.0.0.1:1/images"), "{message}");
    }

    #[test]
    fn nothing_is_fetched_where_all_is_there() {
        // Wrong files are fetched, and from a place that does not answer that is an error.
        let folder = tempfile::tempdir().unwrap();
        let error = fetch_mnist(folder.path(), &["http://127.0.0.1:1"], &mut |_, _, _| {});
        let message = error.unwrap_err().to_string();
        assert!(message.contains("train-images-idx3-ubyte.gz"), "{message}");
        assert!(
            fs::read_dir(folder.path().join("mnist"))
                .unwrap()
                .next()
                .is_none()
        );
    }
}
