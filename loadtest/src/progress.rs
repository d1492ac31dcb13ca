//! What shows on the terminal while something is under way.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar of something that is `length` long.
pub fn bar(what: &'static str, length: u64) -> ProgressBar {
    let bar = ProgressBar::new(length).with_message(what);
    let style = ProgressStyle::with_template("{msg:>12} {bar:40} {pos}/{len} {per_sec} {eta}");
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar
}
