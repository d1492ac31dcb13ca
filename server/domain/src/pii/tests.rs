//! Findings in told texts, and what holds for any text. All numbers are invented.

use proptest::prelude::*;

use super::*;

/// What is found, in order.
fn found(text: &str) -> Vec<&str> {
    find(text).iter().map(|span| &text[span.start..span.end]).collect()
}

#[test]
fn phones_and_addresses_are_found_whole() {
    let cases: [(&str, &[&str]); 22] = [
        ("лежу в больнице, звоните 8 4212 01-53-00", &["8 4212 01-53-00"]),
        ("из больницы. Контактный телефон 8 (4212) 01-53-00", &["8 (4212) 01-53-00"]),
        ("регистратура 8 914 000 11 22, 8 4212 01-53-00", &["8 914 000 11 22", "8 4212 01-53-00"]),
        ("(8 (914) 000-11-22)", &["8 (914) 000-11-22"]),
        ("наберите мне 8 (907) 611-28-40 по поводу переноса", &["8 (907) 611-28-40"]),
        ("мой сотовый 89456073198, отвечаю с 9 до 18", &["89456073198"]),
        ("стационарный 8 (863) 029-17-64, зовите маму громче", &["8 (863) 029-17-64"]),
        ("+7 973 480 5512 Фарида апа, звоните вечером", &["+7 973 480 5512"]),
        ("тел.+7(914)000-11-22.", &["+7(914)000-11-22"]),
        ("пишите 907 611 28 40 или (907)6112840", &["907 611 28 40", "(907)6112840"]),
        ("8.914.000.11.22, 7-914-000-11-22", &["8.914.000.11.22", "7-914-000-11-22"]),
        ("89140001122 89140003344", &["89140001122", "89140003344"]),
        ("звоните из Минска +375 29 123-45-67", &["+375 29 123-45-67"]),
        ("в регистратуру звонить с моего 8 4212 01-53-00", &["8 4212 01-53-00"]),
        ("регистратура дала 8 914 000 11 22", &["8 914 000 11 22"]),
        ("результаты скиньте на lida.morozova.52tgn@rambler.ru", &["lida.morozova.52tgn@rambler.ru"]),
        ("<Лида@почта.рф>, (x_1@y-2.co.uk).", &["Лида@почта.рф", "x_1@y-2.co.uk"]),
        ("a@mail.ru89140001122", &["a@mail.ru89140001122"]),
        ("a@b.ru@c.ru", &["a@b.ru"]),
        ("в 5@й школе, @ и a@b", &[]),
        ("линия 8 800 000 27 09 просит оценить разговор", &[]),
        ("справочная больницы 8 (4212) 015-300 занята с утра", &[]),
    ];
    for (text, expected) in cases {
        assert_eq!(found(text), expected, "{text}");
    }
}

#[test]
fn papers_are_found_by_check_or_by_name() {
    let cases: [(&str, &[&str]); 14] = [
        ("полис свекрови 6063 8129 0457 1238, она в гостях", &["6063 8129 0457 1238"]),
        ("полис омс номер 8017359206480711 не принимает терминал", &["8017359206480711"]),
        ("переведите на карту 4000 1290 4715 2839", &["4000 1290 4715 2839"]),
        ("вот: 4000-1290-4715-2839", &["4000-1290-4715-2839"]),
        ("полис 8017359206480712 с ошибкой", &["8017359206480712"]),
        ("заявка 8017359206480712 висит", &[]),
        ("нужен мой ИНН 029583061442, в справке его забыли", &["029583061442"]),
        ("инн организации 7707083893", &["7707083893"]),
        ("Инна, заявка 7707083893", &[]),
        ("СНИЛС76915834052 прошу сменить участок", &["76915834052"]),
        ("снилс мой 894-320-176 21 , почему льготы нет", &["894-320-176 21"]),
        ("112-233-445 95", &["112-233-445 95"]),
        ("снилс 112-233-445 96", &["112-233-445 96"]),
        ("112-233-445 96", &[]),
    ];
    for (text, expected) in cases {
        assert_eq!(found(text), expected, "{text}");
    }
}

#[test]
fn ordinary_numbers_stay() {
    let texts = [
        "на маршрутках 64 и 78 ехать с пересадкой",
        "заплатили 4 200 руб, обещали 2 600",
        "приём 19.11.2024 в 16:20 состоялся",
        "каб. 41 открыт только с 13:15 до 14:45",
        "в 112 ответили за секунду",
        "приказ 1094н и приказ № 100н чем отличаются",
        "обращение 27-4183-7, код AB4K-73EM",
        "с 7.4.2024 10 30 15 дней жду",
        "кабинеты 23 25 27 29 31 33 35 37 закрыты",
        "",
        "•••",
    ];
    for text in texts {
        assert_eq!(found(text), Vec::<&str>::new(), "{text}");
        assert_eq!(mask(text), text);
    }
}

#[test]
fn a_mask_shows_nothing_of_what_it_covers() {
    assert_eq!(
        mask("Мой 8 (907) 611-28-40, почта лида@mail.ru; полис 6063 8129 0457 1238!"),
        "Мой •••, почта •••; полис •••!"
    );
    assert!(!MASK.contains(char::is_alphanumeric));
}

/// Time grows with the text: a long text of the worst kinds is done in a moment.
#[test]
fn long_texts_are_no_trouble() {
    for piece in ["1", "1 ", "8 9", "@", "a@", "a.", "8(", "ж", "+", "a@b."] {
        let text = piece.repeat(10_000);
        let masked = mask(&text);
        assert_eq!(mask(&masked), masked, "{piece}");
    }
}

/// Texts made of everything the finder looks at.
fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[0-9]{1,12}",
        "[ .()+@•-]{1,3}",
        "(8|7|[+]7)[ (]{0,2}[3489][0-9]{2}[) -]{0,2}[0-9]{3}[ -]?[0-9]{2}[ -]?[0-9]{2}",
        "[a-zа-я._]{1,6}@[a-zа-я]{1,6}[.]?(ru|рф|1)?",
        prop::sample::select(vec![
            "снилс ",
            "ИНН ",
            "полис ",
            "карта",
            "больница ",
            "мой ",
            "регистратура ",
            "ё",
            "\n",
            ", ",
            "6063 8129 0457 1238",
            "112-233-445 95",
            "029583061442",
            "8 800 000 27 09",
            "8 (4212) 015-300",
        ])
        .prop_map(String::from),
        "\\PC{0,4}",
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn findings_are_in_order_and_on_whole_characters(text in texts(), any in any::<String>()) {
        for text in [text, any] {
            let spans = find(&text);
            let mut end = 0;
            for span in &spans {
                prop_assert!(end <= span.start && span.start < span.end);
                end = span.end;
                prop_assert!(text.get(span.start..span.end).is_some());
            }
            prop_assert_eq!(is_personal(&text), mask(&text) != text);
        }
    }

    #[test]
    fn a_masked_text_masks_to_itself(text in texts(), any in any::<String>()) {
        for text in [text, any] {
            let masked = mask(&text);
            prop_assert_eq!(mask(&masked), masked);
        }
    }

    /// Whatever stands around it, a mobile phone in a usual spelling is never left readable.
    #[test]
    fn a_mobile_phone_never_stays(
        before in "[а-я ]{0,20}", after in "[а-я ,!]{0,20}", number in "9[0-9]{9}",
        first in prop::sample::select(vec!["8", "+7", "7", "8 ", "+7 (", "8-"]),
    ) {
        let bracket = if first.contains('(') { ") " } else { "-" };
        let spelt = format!("{first}{}{bracket}{}-{}", &number[..3], &number[3..6], &number[6..]);
        let text = format!("{before} {spelt}{after}");
        let spans = found(&text);
        prop_assert_eq!(spans.as_slice(), &[spelt.trim()], "{}", text);
    }
}
