//! Compiles the migrations in again when a file comes or goes; the macro notices only edits.

fn main() {
    println!("cargo::rerun-if-changed=../../migrations");
}
