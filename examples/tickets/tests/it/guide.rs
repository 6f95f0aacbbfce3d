//! The guide shows this code and no other.

use std::path::Path;

/// Every block of the guide that names a file stands in that file, word for word.
#[test]
fn every_snippet_of_the_guide_is_from_the_code() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let guide = std::fs::read_to_string(root.join("docs/guides/your-own-resource.md")).unwrap();
    let mut count = 0;
    for block in guide.split("\n```").skip(1).step_by(2) {
        let (head, code) = block.split_once('\n').unwrap();
        let Some((_, file)) = head.split_once(' ') else {
            continue;
        };
        let text = std::fs::read_to_string(root.join(file));
        let text = text.unwrap_or_else(|error| panic!("{file}: {error}"));
        for part in code.split("\n…\n") {
            assert!(text.contains(part), "not in {file}:\n{part}");
        }
        count += 1;
    }
    assert!(count >= 10, "{count} snippets are hardly a walk");
}
