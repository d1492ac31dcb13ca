//! What may be asked in a medchat: the eleven accepted categories of an appeal, the topics a region may refuse, and
//! how one region treats each. Keys alone: labels and explanations are texts, telling topics apart is the guard's work.

use serde::{Deserialize, Serialize};

/// What a message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// A slot or date with a doctor.
    Appointment,
    /// A health worker coming home.
    HouseCall,
    /// People waiting on the spot.
    Queue,
    /// Medicines on a benefit prescription.
    SubsidisedMedicine,
    /// Conduct of staff.
    Ethics,
    /// Being made or nudged to pay.
    PaidServices,
    /// A referral not given.
    Referral,
    /// A slot or date for a test or examination.
    TestsBooking,
    /// What a rule says, papers and certificates.
    Documents,
    /// Which specialist, how to prepare, hours, addresses.
    Reference,
    /// Anything else the clinic can answer.
    Other,
    /// Treatment, dose, "prescribe here".
    Therapy,
    /// Interpreting results, "is it serious".
    Diagnosis,
    /// The ambulance, its crew or dispatcher.
    Ambulance,
    /// Admission to hospital.
    Hospitalisation,
    /// Whether a pharmacy has a medicine.
    DrugAvailability,
    /// What a medicine or a paid service costs.
    Prices,
}

/// How a region treats a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Treatment {
    /// One of the eleven categories.
    Accepted,
    /// Answered as a reference question.
    Reference,
    /// Refused, whatever the circumstances.
    Refused,
    /// Refused in an emergency; a planned case is a reference question.
    EmergencyRefused,
}

impl Topic {
    /// The categories an appeal may have, in the order shown.
    pub const ACCEPTED: [Self; 11] = [
        Self::Appointment,
        Self::HouseCall,
        Self::Queue,
        Self::SubsidisedMedicine,
        Self::Ethics,
        Self::PaidServices,
        Self::Referral,
        Self::TestsBooking,
        Self::Documents,
        Self::Reference,
        Self::Other,
    ];

    /// The topics a region may refuse, in the order shown.
    pub const REFUSABLE: [Self; 6] = [
        Self::Therapy,
        Self::Diagnosis,
        Self::Ambulance,
        Self::Hospitalisation,
        Self::DrugAvailability,
        Self::Prices,
    ];

    /// The word used in files, rows, answers and as the key of its label.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Appointment => "appointment",
            Self::HouseCall => "house_call",
            Self::Queue => "queue",
            Self::SubsidisedMedicine => "subsidised_medicine",
            Self::Ethics => "ethics",
            Self::PaidServices => "paid_services",
            Self::Referral => "referral",
            Self::TestsBooking => "tests_booking",
            Self::Documents => "documents",
            Self::Reference => "reference",
            Self::Other => "other",
            Self::Therapy => "therapy",
            Self::Diagnosis => "diagnosis",
            Self::Ambulance => "ambulance",
            Self::Hospitalisation => "hospitalisation",
            Self::DrugAvailability => "drug_availability",
            Self::Prices => "prices",
        }
    }

    /// The topic with this key.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ACCEPTED.into_iter().chain(Self::REFUSABLE).find(|topic| topic.key() == key)
    }

    /// True when an appeal may have this category.
    pub fn is_category(self) -> bool {
        Self::ACCEPTED.contains(&self)
    }
}

/// What a region does about hospitalisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HospitalisationRule {
    /// Refused, planned or not.
    Refused,
    /// Emergency refused, planned answered as a reference question.
    EmergencyOnly,
}

/// What a region does about a topic it may either refuse or answer as a reference question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalRule {
    /// Refused.
    Refused,
    /// Answered as a reference question.
    Reference,
}

/// What a region accepts and refuses. Therapy, diagnosis and the ambulance are refused everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TopicPolicy {
    /// Admission to hospital.
    pub hospitalisation: HospitalisationRule,
    /// Whether a pharmacy has a medicine.
    pub drug_availability: RefusalRule,
    /// Prices of medicines and of paid services.
    pub prices: RefusalRule,
}

impl TopicPolicy {
    /// The default: Bashkortostan's published list, followed by Rostov and by every region without its own.
    pub const FEDERAL: Self = Self {
        hospitalisation: HospitalisationRule::Refused,
        drug_availability: RefusalRule::Reference,
        prices: RefusalRule::Refused,
    };

    /// Khabarovsk krai's list of March 2023.
    pub const KHABAROVSK: Self = Self {
        hospitalisation: HospitalisationRule::EmergencyOnly,
        drug_availability: RefusalRule::Refused,
        prices: RefusalRule::Reference,
    };

    /// How the region treats a topic.
    pub fn treatment(self, topic: Topic) -> Treatment {
        let by_rule = |rule| match rule {
            RefusalRule::Refused => Treatment::Refused,
            RefusalRule::Reference => Treatment::Reference,
        };
        match topic {
            Topic::Therapy | Topic::Diagnosis | Topic::Ambulance => Treatment::Refused,
            Topic::Hospitalisation => match self.hospitalisation {
                HospitalisationRule::Refused => Treatment::Refused,
                HospitalisationRule::EmergencyOnly => Treatment::EmergencyRefused,
            },
            Topic::DrugAvailability => by_rule(self.drug_availability),
            Topic::Prices => by_rule(self.prices),
            _ => Treatment::Accepted,
        }
    }

    /// Keys of the accepted categories in display order: the same eleven in every region.
    pub fn accepted(self) -> Vec<&'static str> {
        Topic::ACCEPTED.into_iter().map(Topic::key).collect()
    }

    /// Keys of what others refuse and this region answers as a reference question, in display order.
    pub fn reference(self) -> Vec<&'static str> {
        let answered = |topic: Topic| match self.treatment(topic) {
            Treatment::Reference => Some(topic.key()),
            Treatment::EmergencyRefused => Some("planned_hospitalisation"),
            Treatment::Accepted | Treatment::Refused => None,
        };
        Topic::REFUSABLE.into_iter().filter_map(answered).collect()
    }

    /// Keys of what is refused here, in display order.
    pub fn refused(self) -> Vec<&'static str> {
        let refused = |topic: Topic| match self.treatment(topic) {
            Treatment::Refused => Some(topic.key()),
            Treatment::EmergencyRefused => Some("emergency_hospitalisation"),
            Treatment::Accepted | Treatment::Reference => None,
        };
        Topic::REFUSABLE.into_iter().filter_map(refused).collect()
    }
}

impl Default for TopicPolicy {
    fn default() -> Self {
        Self::FEDERAL
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_the_words_in_files() {
        for topic in Topic::ACCEPTED.into_iter().chain(Topic::REFUSABLE) {
            assert_eq!(serde_json::to_string(&topic).expect("json"), format!("\"{}\"", topic.key()));
            assert_eq!(topic.is_category(), !Topic::REFUSABLE.contains(&topic));
            assert_eq!(Topic::from_key(topic.key()), Some(topic));
        }
        assert_eq!(Topic::from_key("Queue"), None);
    }

    #[test]
    fn the_federal_default_refuses_five() {
        let policy = TopicPolicy::default();
        assert_eq!(policy.refused(), ["therapy", "diagnosis", "ambulance", "hospitalisation", "prices"]);
        assert_eq!(policy.reference(), ["drug_availability"]);
        assert_eq!(policy.treatment(Topic::DrugAvailability), Treatment::Reference);
    }

    #[test]
    fn khabarovsk_answers_prices_and_planned_admission() {
        let policy = TopicPolicy::KHABAROVSK;
        assert_eq!(
            policy.refused(),
            ["therapy", "diagnosis", "ambulance", "emergency_hospitalisation", "drug_availability"]
        );
        assert_eq!(policy.reference(), ["planned_hospitalisation", "prices"]);
        assert_eq!(policy.treatment(Topic::Hospitalisation), Treatment::EmergencyRefused);
    }

    #[test]
    fn every_category_is_accepted_everywhere() {
        for policy in [TopicPolicy::FEDERAL, TopicPolicy::KHABAROVSK] {
            assert!(Topic::ACCEPTED.into_iter().all(|topic| policy.treatment(topic) == Treatment::Accepted));
            assert_eq!(policy.accepted().len(), 11);
        }
    }
}
