//! Numbers of many countries, as their plans have them. Where a plan sets numbers aside for
//! stories (`+1 202 555 01xx`, `+44 20 7946 0xxx`), they are those.

use proptest::prelude::*;
use rlibphonenumber::{PhoneNumberFormat, PhoneNumberType};

use super::*;

fn of(number: &str) -> Facts {
    facts(&E164::parse(number).unwrap())
}

fn code(number: &str) -> Option<u16> {
    calling_code(&E164::parse(number).unwrap())
}

/// The country in letters, or nothing.
fn country(number: &str) -> String {
    of(number).country.map(|country| country.to_string()).unwrap_or_default()
}

#[test]
fn a_number_is_its_countrys_also_where_several_share_a_calling_code() {
    for (number, calling_code, whose) in [
        ("+12025550143", 1, "US"),
        ("+14165550143", 1, "CA"),
        ("+18765551234", 1, "JM"),
        ("+12423221234", 1, "BS"),
        ("+17875551234", 1, "PR"),
        ("+442079460000", 44, "GB"),
        ("+441534456789", 44, "JE"),
        ("+447797712345", 44, "JE"),
        ("+441481256789", 44, "GG"),
        ("+441624756789", 44, "IM"),
        ("+4930123456", 49, "DE"),
        ("+33612345678", 33, "FR"),
        ("+390236618300", 39, "IT"),
        ("+3906698123456", 39, "VA"),
        ("+74951234567", 7, "RU"),
        ("+77172123456", 7, "KZ"),
        ("+61212345678", 61, "AU"),
        ("+61891621234", 61, "CC"),
        ("+383441234567", 383, "XK"),
        // The mobile numbers of a territory are its greater neighbour's.
        ("+4779123456", 47, "SJ"),
        ("+4741234567", 47, "NO"),
        ("+3581812345678", 358, "AX"),
        ("+358412345678", 358, "FI"),
        ("+5554433222", 55, "BR"),
    ] {
        assert_eq!((country(number).as_str(), code(number)), (whose, Some(calling_code)));
        assert_eq!(of(number).surcharge, None, "{number}");
    }
}

#[test]
fn a_number_can_be_nobodys() {
    for (number, calling_code) in [
        // No such area: the source document's own sample.
        ("+15557788999", Some(1)),
        // A digit too many, so perhaps another's.
        ("+120255501430", Some(1)),
        ("+881612345678", Some(881)),
        ("+80012345678", Some(800)),
        ("+999123456789", None),
        ("+12", Some(1)),
        ("+99", None),
    ] {
        assert_eq!((of(number), code(number)), (Facts::default(), calling_code), "{number}");
    }
}

#[test]
fn a_number_that_costs_more_than_a_call_is_known() {
    use Surcharge::{PremiumRate, SharedCost};
    for (number, surcharge) in [
        ("+19005551234", PremiumRate),
        ("+449098790123", PremiumRate),
        ("+449131234567", PremiumRate),
        ("+448431234567", PremiumRate),
        ("+448456789012", PremiumRate),
        ("+448712345678", PremiumRate),
        ("+499001123456", PremiumRate),
        ("+4990091234567", PremiumRate),
        ("+491801234567", SharedCost),
        ("+33891234567", PremiumRate),
        ("+33820123456", SharedCost),
        ("+41900123456", PremiumRate),
        ("+41840123456", SharedCost),
        ("+39899123456", PremiumRate),
        ("+611900123456", PremiumRate),
        ("+611300123456", SharedCost),
        ("+81990123456", PremiumRate),
        ("+78091234567", PremiumRate),
        // No country's: the ITU's own services.
        ("+979123456789", PremiumRate),
        ("+80812345678", SharedCost),
    ] {
        assert_eq!(of(number).surcharge, Some(surcharge), "{number}");
    }
}

#[test]
fn a_premium_number_cannot_be_dressed_as_an_unknown_one() {
    for number in [
        "+190055512340",
        "+19005551234999",
        "+119005551234",
        "+4409098790123",
        "+44909879012300",
        "+4909001123456",
        "+490900112345699",
        "+330891234567",
        "+97912345678900",
    ] {
        assert_eq!(of(number).surcharge, Some(Surcharge::PremiumRate), "{number}");
    }
}

/// The library's own examples: a number of this kind of each country, and whose the library says
/// it is. Some territories share theirs with a greater neighbour.
fn examples(kind: PhoneNumberType) -> impl Iterator<Item = (Option<Country>, String)> {
    PHONE_NUMBER_UTIL.get_supported_regions().filter_map(move |region| {
        let example =
            PHONE_NUMBER_UTIL.get_example_number_for_type_and_region(region, kind).ok()?;
        let number = PHONE_NUMBER_UTIL.format(&example, PhoneNumberFormat::E164).into_owned();
        Some((PHONE_NUMBER_UTIL.get_region_for_number(&example).map(Country), number))
    })
}

#[test]
fn the_dear_numbers_of_every_country_are_known() {
    for kind in [PhoneNumberType::PremiumRate, PhoneNumberType::SharedCost] {
        let all: Vec<_> = examples(kind).collect();
        assert!(all.len() > 40, "{kind:?}: {}", all.len());
        for (_, number) in all {
            assert!(of(&number).surcharge.is_some(), "{kind:?} {number}");
        }
    }
}

#[test]
fn the_telephones_of_every_country_are_its_own_and_cost_no_more_than_a_call() {
    for kind in [PhoneNumberType::Mobile, PhoneNumberType::FixedLine] {
        let all: Vec<_> = examples(kind).collect();
        assert!(all.len() > 200, "{kind:?}: {}", all.len());
        for (country, number) in all {
            let facts = of(&number);
            assert_eq!((facts.country, facts.surcharge), (country, None), "{number}");
        }
    }
}

#[test]
fn every_pattern_of_the_library_can_be_read() {
    for code in PHONE_NUMBER_UTIL.get_supported_calling_codes() {
        for plan in plans(code.try_into().unwrap()) {
            let metadata = metadata!(plan).unwrap();
            assert!(metadata.leading_digits().anchor_start().is_ok(), "{code}");
            for kind in uses!(metadata).into_iter().chain([&metadata.general_desc]) {
                assert!(kind.national_number_pattern().anchor_full().is_ok(), "{code}");
            }
        }
    }
}

#[test]
fn a_country_is_read_in_capitals_or_not_and_shown_in_capitals() {
    for code in ["GB", "gb", " Gb "] {
        let country: Country = code.parse().unwrap();
        assert_eq!((country.to_string(), format!("{country:?}")), ("GB".into(), "GB".into()));
    }
}

#[test]
fn what_is_no_country_is_refused_and_nothing_but_two_letters_is_repeated() {
    for code in ["UK", "ZZ", "xx", "AQ"] {
        let error = code.parse::<Country>().unwrap_err();
        assert_eq!(error, CountryError::Unknown(code.to_uppercase()));
    }
    for text in ["", "G", "GBR", "001", "+44", "+15557788999", "é"] {
        let error = text.parse::<Country>().unwrap_err();
        assert_eq!(error, CountryError::NotTwoLetters);
        assert!(!error.to_string().contains("555"));
    }
}

proptest! {
    #[test]
    fn of_any_number_something_is_told_and_never_less_than_the_library_tells(
        number in "\\+[1-9][0-9]{1,14}",
    ) {
        let facts = of(&number);
        let Ok(parsed) = PHONE_NUMBER_UTIL.parse(&number, None) else { return Ok(()) };
        let premium = parsed.get_type() == PhoneNumberType::PremiumRate;
        prop_assert!(!premium || facts.surcharge == Some(Surcharge::PremiumRate));
        let shared = parsed.get_type() == PhoneNumberType::SharedCost;
        prop_assert!(!shared || facts.surcharge.is_some());
        prop_assert_eq!(code(&number).map(i32::from), Some(parsed.country_code));
    }

    #[test]
    fn no_text_is_too_strange_for_a_country(text in ".{0,4}") {
        if let Ok(country) = text.parse::<Country>() {
            prop_assert_eq!(country.to_string(), text.trim().to_uppercase());
        }
    }
}
