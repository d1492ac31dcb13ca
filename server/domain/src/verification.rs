//! How somebody was shown to be an adult. A ladder of methods behind one list; whatever the method, no more is kept than that
//! it was so, by which, when and until when. Knows neither documents nor dates of birth.

/// A way of showing it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// A registrar looked at the passport and handed out a code.
    DeskCode,
    /// The person was made up for a demo.
    Demo,
    /// The person was made up for a load test.
    LoadTest,
}

impl Method {
    /// The word used in rows and answers.
    pub const fn word(self) -> &'static str {
        match self {
            Self::DeskCode => "desk_code",
            Self::Demo => "demo",
            Self::LoadTest => "load_test",
        }
    }
}
