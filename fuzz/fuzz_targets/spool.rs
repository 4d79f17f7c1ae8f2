//! A spool's folder with files that other programs left or changed, and the queue of batches.
//!
//! Whatever is in the folder, nothing panics, batches are sent in their order, no file that is none
//! of the spool is removed, and a batch whose file was written is there after a restart.

#![no_main]

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use typed_metrics_otel::fuzzing::{Answer, Clients, Pipeline};

#[derive(Debug, Arbitrary)]
struct Input<'a> {
    files: Vec<(File<'a>, &'a [u8])>,
    limit: u16,
    steps: Vec<Step<'a>>,
}

#[derive(Debug, Clone, Copy, Arbitrary)]
enum File<'a> {
    /// Number and data points, and what is added to the numbers.
    Batch(u64, u64, Spelling),
    Half(u64),
    Folder(u64, u64),
    Other(&'a str),
}

#[derive(Debug, Clone, Copy, Arbitrary)]
enum Spelling {
    Right,
    Short,
    Plus,
}

#[derive(Debug, Arbitrary)]
enum Step<'a> {
    Push(&'a [u8], u32),
    WorkOnFile,
    Accept,
    Refuse,
    Fail,
    Restart,
    Remove(u8),
    Truncate(u8),
}

impl File<'_> {
    fn name(self) -> String {
        match self {
            Self::Batch(number, points, spelling) => match spelling {
                Spelling::Right => format!("{number:020}-{points}.otlp"),
                Spelling::Short => format!("{number}-{points}.otlp"),
                Spelling::Plus => format!("+{number:019}-+{points}.otlp"),
            },
            Self::Folder(number, points) => format!("{number:020}-{points}.otlp"),
            Self::Half(number) => format!("{number}.tmp"),
            Self::Other(text) => {
                text.chars().filter(|c| !matches!(c, '/' | '\0')).take(60).collect()
            }
        }
    }
}

static CLIENTS: LazyLock<Clients> = LazyLock::new(|| Clients::new(&[]));

fuzz_target!(|input: Input<'_>| {
    let memory = Path::new("/dev/shm");
    let root = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    let folder = tempfile::tempdir_in(root).expect("a folder can be made");
    run(folder.path(), &input);
});

fn run(folder: &Path, input: &Input<'_>) {
    let mut foreign = Vec::new();
    for (file, contents) in input.files.iter().take(6) {
        let path = folder.join(file.name());
        if path.exists() {
            continue;
        }
        let made = match file {
            File::Folder(..) => fs::create_dir(&path),
            _ => fs::write(&path, contents),
        };
        if made.is_ok() && is_foreign(&file.name()) {
            foreign.push(path);
        }
    }
    let mut is_removed = false;
    let mut pipeline = Pipeline::open(Some(folder.to_owned()), u64::from(input.limit));
    for step in input.steps.iter().take(24) {
        let open = pipeline.as_ref().expect("the folder can be used");
        match step {
            Step::Push(body, points) => open.push(body, u64::from(*points)),
            Step::WorkOnFile => {
                open.work_on_file();
            }
            Step::Accept => send(open, 200),
            Step::Refuse => send(open, 400),
            Step::Fail => send(open, 503),
            Step::Remove(at) => {
                if let Some(file) = batch(folder, *at) {
                    is_removed |= fs::remove_file(file).is_ok();
                }
            }
            Step::Truncate(at) => {
                if let Some(file) = batch(folder, *at) {
                    let _ = fs::write(file, b"");
                }
            }
            Step::Restart => {
                while open.work_on_file() {}
                let before = open.kept();
                drop(pipeline);
                pipeline = Pipeline::open(Some(folder.to_owned()), u64::from(input.limit));
                let after = pipeline.as_ref().expect("the folder can be used").kept();
                assert!(after == before || is_removed, "{before:?} before, {after:?} after");
            }
        }
    }
    for file in foreign {
        assert!(file.exists(), "{} was removed", file.display());
    }
}

fn send(pipeline: &Pipeline, status: u16) {
    let (batches, _) = pipeline.waiting();
    let sent = pipeline.send(&CLIENTS, &Answer::Http(status, &[], b""));
    assert!(sent.is_some() == (batches > 0));
}

/// A file that looks like a batch.
fn batch(folder: &Path, at: u8) -> Option<std::path::PathBuf> {
    let files = fs::read_dir(folder).ok()?.filter_map(Result::ok);
    let mut files: Vec<_> = files.map(|file| file.path()).collect();
    files.retain(|file| {
        let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        file.extension().is_some_and(|end| end == "otlp") && file.is_file() && !is_foreign(name)
    });
    files.sort();
    files.get(usize::from(at)).cloned()
}

/// Whether the spool makes no files of this name.
fn is_foreign(name: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let is_plain = |text: &str| text.parse().is_ok_and(|number: u64| number.to_string() == text);
    let is_half = name.strip_suffix(".tmp").is_some_and(is_plain);
    let is_batch = name.strip_suffix(".otlp").and_then(|name| name.split_once('-'));
    let is_batch = is_batch.is_some_and(|(number, points)| {
        let is_small = points.parse::<u32>().is_ok() && number.parse::<u64>().is_ok();
        number.len() == 20 && is_number(number) && is_plain(points) && is_small
    });
    !(is_half || is_batch || name == "lock")
}
