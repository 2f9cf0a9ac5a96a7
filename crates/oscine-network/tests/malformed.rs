//! Files that are refused before they are read, or that say why they can't be. What a person reads for each malformed file is kept by the
//! tests of the program.

use oscine_network::Experiment;

#[test]
fn a_file_beyond_the_limit_is_refused_before_it_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("huge.toml");
    std::fs::File::create(&path)
        .unwrap()
        .set_len(100 << 20)
        .unwrap();
    let errors = Experiment::read(&path).unwrap_err();
    assert_eq!(
        errors.errors[0].mistake.to_string(),
        "the file is 100 MB long; an experiment may be at most 16 MB"
    );
}

#[test]
fn files_that_cannot_be_read_say_why() {
    let folder = tempfile::tempdir().unwrap();
    let missing = Experiment::read(&folder.path().join("missing.toml")).unwrap_err();
    assert!(missing.to_string().contains("there is no such file"));
    let of_folder = Experiment::read(folder.path()).unwrap_err();
    assert!(
        of_folder.to_string().contains("cannot read the file"),
        "{}",
        of_folder.to_string()
    );
}
