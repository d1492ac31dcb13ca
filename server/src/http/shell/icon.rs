//! The few line icons of pages without script: the web clients' own (`web/ui/icons.ts`, `web/ui/Brand.svelte`), so
//! that nothing moves when the script takes over. Decoration beside words. A test holds both to the same paths.

use maud::{Markup, Render, html};

/// A line icon.
#[derive(Debug, Clone, Copy)]
pub enum Icon {
    /// A tick in a circle: open now.
    Open,
    /// A clock: closed now.
    Clock,
    /// A clinic's answer.
    Shield,
    /// A call.
    Phone,
    /// Leads on.
    Forward,
}

impl Icon {
    const fn path(self) -> &'static str {
        match self {
            Self::Open => "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Zm-4 9.5 2.8 2.8L16 9.5",
            Self::Clock => "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Zm0 4v5.5l3.5 2",
            Self::Shield => {
                "M12 2.8 4.5 5.6v5.6c0 4.8 3 8.2 7.5 10 4.5-1.8 7.5-5.2 7.5-10V5.6Zm-3.4 9 2.5 2.5 4.4-4.6"
            }
            Self::Phone => {
                "M8.2 3.5H5.6a2 2 0 0 0-2 2.2C4.4 13.3 10.7 19.6 18.3 20.4a2 2 0 0 0 2.2-2v-2.6a1.5 1.5 0 0 0-1.2-1.5\
                 l-2.7-.5a1.5 1.5 0 0 0-1.4.5l-1.1 1.3a12.5 12.5 0 0 1-5.7-5.7l1.3-1.1a1.5 1.5 0 0 0 .5-1.4l-.5-2.7a1.5 \
                 1.5 0 0 0-1.5-1.2Z"
            }
            Self::Forward => "m9 4 8 8-8 8",
        }
    }

    /// The same, smaller: beside words of a line.
    pub fn tiny(self) -> Markup {
        html! { svg class="icon tiny" viewBox="0 0 24 24" aria-hidden="true" { path d=(self.path()) {} } }
    }
}

impl Render for Icon {
    fn render(&self) -> Markup {
        html! { svg class="icon" viewBox="0 0 24 24" aria-hidden="true" { path d=(self.path()) {} } }
    }
}

/// The sign of Medchat: a speech bubble and the cross on it.
const BRAND: [&str; 2] = [
    "M3 2h18a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2h-9l-6 5v-5H3a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2Z",
    "M12 5.5v9M7.5 10h9",
];

/// The sign of Medchat.
pub fn brand() -> Markup {
    let [bubble, cross] = BRAND;
    html! {
        svg viewBox="0 0 24 24" aria-hidden="true" class="brand" {
            path d=(bubble) {}
            path class="cross" d=(cross) {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn of_the_clients(name: &str) -> String {
        let kit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../web/ui");
        std::fs::read_to_string(kit.join(name)).expect("the clients' file")
    }

    #[test]
    fn the_clients_draw_the_same() {
        let icons = of_the_clients("icons.ts");
        for (name, icon) in [
            ("open", Icon::Open),
            ("clock", Icon::Clock),
            ("shield", Icon::Shield),
            ("phone", Icon::Phone),
            ("forward", Icon::Forward),
        ] {
            let (_, rest) = icons.split_once(&format!("\n  {name}:")).expect(name);
            assert_eq!(rest.split('\'').nth(1), Some(icon.path()), "{name}");
        }
        for path in BRAND {
            assert!(of_the_clients("Brand.svelte").contains(path), "{path}");
        }
    }
}
