//! What commands answer, and to whom.

use std::io::pipe;
use std::process::{Command, Stdio};

/// As behind `| head`, at its worst: nobody reads a byte.
#[test]
fn a_command_whose_reader_has_left_ends_quietly() {
    for args in [
        &["openapi"][..],
        &["policy", "matrix", "default"],
        &["policy", "check", "booking"],
    ] {
        let (reader, writer) = pipe().unwrap();
        drop(reader);
        let mut command = Command::new(env!("CARGO_BIN_EXE_bailiwick"));
        command.args(args).stdout(writer).stderr(Stdio::piped());
        let ended = command.output().unwrap();
        let said = String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.success(), "{args:?}: {}: {said}", ended.status);
        assert_eq!(said, "", "{args:?}");
    }
}

/// Everything else that stops the writing is a fault, and is said.
#[cfg(target_os = "linux")]
#[test]
fn an_answer_that_cannot_be_written_is_a_fault() {
    let full = std::fs::File::options().write(true).open("/dev/full");
    let mut command = Command::new(env!("CARGO_BIN_EXE_bailiwick"));
    let command = command.arg("openapi").stdout(full.unwrap());
    let ended = command.stderr(Stdio::piped()).output().unwrap();
    assert!(!ended.status.success());
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(said.starts_with("bailiwick: "), "{said}");
}
