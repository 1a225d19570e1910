//! The program has the built page in it (`src/page`). A file that is new there cargo cannot see by itself.

fn main() {
    println!("cargo:rerun-if-changed=../../web/dist");
}
