//! The TypeScript twin of this crate, as one text. `tests/artefacts.rs` keeps the file in the web clients
//! equal to it.

use ts_rs::{Config, TS};

use crate::{
    appeal, appeal_act, audit, close, figures, frame, grant, message, notice, page, person, problem, region,
    room, roster, session, verification,
};

/// The whole of `web/wire/generated.ts`.
pub fn generated() -> String {
    let config = Config::default();
    let mut out = String::from(
        "// Generated from the crate `wire`. Do not edit: change server/wire and run `make generated`.\n",
    );
    let mut put = |declaration: String| {
        out.push_str("\nexport ");
        out.push_str(&declaration);
        out.push('\n');
    };
    put(message::PersonKind::decl(&config));
    put(message::Signature::decl(&config));
    put(message::Author::decl(&config));
    put(message::Message::decl(&config));
    put(appeal::AppealState::decl(&config));
    put(appeal::Lane::decl(&config));
    put(appeal::Outcome::decl(&config));
    put(appeal::ClockKind::decl(&config));
    put(appeal::Clock::decl(&config));
    put(appeal::Named::decl(&config));
    put(appeal::AppealCard::decl(&config));
    put(appeal::AppealEvent::decl(&config));
    put(appeal::LaneView::decl(&config));
    put(appeal::Lanes::decl(&config));
    put(appeal::Appeal::decl(&config));
    put(appeal_act::OpenAppeal::decl(&config));
    put(appeal::OpenedAppeal::decl(&config));
    put(appeal_act::AssignAppeal::decl(&config));
    put(appeal_act::TransferAppeal::decl(&config));
    put(appeal_act::PostToAppeal::decl(&config));
    put(appeal_act::AskResident::decl(&config));
    put(appeal_act::GiveFinalAnswer::decl(&config));
    put(appeal_act::RefuseAppeal::decl(&config));
    put(appeal_act::ContestAppeal::decl(&config));
    put(appeal_act::RateAppeal::decl(&config));
    put(appeal_act::MergeAppeal::decl(&config));
    put(appeal_act::ActOnAppeal::decl(&config));
    put(appeal_act::WrittenInLane::decl(&config));
    put(appeal::AppealStatus::decl(&config));
    put(notice::Notice::decl(&config));
    put(message::AppealItem::decl(&config));
    put(message::Item::decl(&config));
    put(message::PostMessage::decl(&config));
    put(message::EditMessage::decl(&config));
    put(message::HideMessage::decl(&config));
    put(message::Written::decl(&config));
    put(page::Page::<message::Item>::decl(&config));
    put(region::Okrug::decl(&config));
    put(region::TopicPolicy::decl(&config));
    put(region::Now::decl(&config));
    put(region::Region::decl(&config));
    put(room::RoomKind::decl(&config));
    put(room::Link::decl(&config));
    put(room::My::decl(&config));
    put(room::Room::decl(&config));
    put(room::Invitation::decl(&config));
    put(room::JoinRoom::decl(&config));
    put(grant::Scope::decl(&config));
    put(grant::Grant::decl(&config));
    put(grant::ProposeGrant::decl(&config));
    put(grant::GrantState::decl(&config));
    put(person::SignUp::decl(&config));
    put(person::Account::decl(&config));
    put(person::Me::decl(&config));
    put(figures::Spread::decl(&config));
    put(figures::Waits::decl(&config));
    put(figures::Satisfaction::decl(&config));
    put(figures::Tally::decl(&config));
    put(figures::Group::decl(&config));
    put(figures::Figures::decl(&config));
    put(figures::Filter::decl(&config));
    put(roster::Colleague::decl(&config));
    put(roster::Shift::decl(&config));
    put(roster::Roster::decl(&config));
    put(roster::Stretch::decl(&config));
    put(roster::AddShift::decl(&config));
    put(audit::AuditActor::decl(&config));
    put(audit::AuditRow::decl(&config));
    put(verification::HandOutCodes::decl(&config));
    put(verification::Slip::decl(&config));
    put(verification::Sheet::decl(&config));
    put(verification::DeskCode::decl(&config));
    put(verification::Verify::decl(&config));
    put(verification::Verification::decl(&config));
    put(session::SignIn::decl(&config));
    put(session::Tokens::decl(&config));
    put(session::Session::decl(&config));
    put(session::SecondFactorSetup::decl(&config));
    put(session::ConfirmSecondFactor::decl(&config));
    put(session::RecoveryCodes::decl(&config));
    put(problem::Code::decl(&config));
    put(problem::FieldError::decl(&config));
    put(problem::Problem::decl(&config));
    put(frame::Viewer::decl(&config));
    put(frame::Entry::decl(&config));
    put(frame::ClientFrame::decl(&config));
    put(frame::ServerFrame::decl(&config));
    put(closes());
    put(format!("const SUBPROTOCOL = \"{}\";", frame::SUBPROTOCOL));
    put(format!("const MAX_FRAME = {};", frame::MAX_FRAME));
    put(format!("const MAX_SUBSCRIPTIONS = {};", frame::MAX_SUBSCRIPTIONS));
    out
}

/// The close codes as a constant object: programs need their numbers, not their names.
fn closes() -> String {
    let rows: Vec<String> =
        close::Close::ALL.iter().map(|close| format!("  {}: {},", close.word(), close.code())).collect();
    format!("const CLOSE = {{\n{}\n}} as const;", rows.join("\n"))
}
