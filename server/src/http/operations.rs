//! Every operation of the API and the act it asks for. An operation without a row, and a row without an
//! operation, stop the start: no route can slip past the policy's table.

use std::collections::BTreeSet;

use domain::policy::Act;
use utoipa::openapi::OpenApi;

/// Method, path and act.
pub const OPERATIONS: [(&str, &str, Act); 51] = [
    ("post", "/sessions", Act::SignIn),
    ("post", "/sessions/refresh", Act::Refresh),
    ("delete", "/sessions/current", Act::SignOut),
    ("get", "/sessions", Act::SeeMe),
    ("delete", "/sessions", Act::SignOut),
    ("delete", "/sessions/{id}", Act::SignOut),
    ("post", "/me/second-factor", Act::SetUpSecondFactor),
    ("post", "/accounts", Act::SignUp),
    ("get", "/me", Act::SeeMe),
    ("get", "/regions", Act::SeeRegions),
    ("get", "/regions/{code}", Act::SeeRegions),
    ("get", "/rooms", Act::ListRooms),
    ("get", "/rooms/{id}", Act::SeeRoom),
    ("get", "/invitations/{code}", Act::OpenInvitation),
    ("post", "/rooms/{id}/members", Act::Join),
    ("delete", "/rooms/{id}/members/me", Act::Leave),
    ("get", "/rooms/{id}/messages", Act::Read),
    ("post", "/rooms/{id}/messages", Act::Post),
    ("patch", "/rooms/{id}/messages/{mid}", Act::Edit),
    ("post", "/rooms/{id}/messages/{mid}/hide", Act::Hide),
    ("post", "/appeals", Act::OpenAppeal),
    ("get", "/appeals", Act::ListAppeals),
    ("get", "/appeals/{id}", Act::Read),
    ("post", "/appeals/{id}/messages", Act::WriteToAppeal),
    ("post", "/appeals/{id}/accept", Act::AcceptAppeal),
    ("post", "/appeals/{id}/release", Act::ReleaseAppeal),
    ("post", "/appeals/{id}/assign", Act::AssignAppeal),
    ("post", "/appeals/{id}/transfer", Act::TransferAppeal),
    ("post", "/appeals/{id}/ask", Act::AskResident),
    ("post", "/appeals/{id}/final-answer", Act::AnswerFinally),
    ("post", "/appeals/{id}/refuse", Act::RefuseAppeal),
    ("post", "/appeals/{id}/confirm", Act::ConfirmAnswer),
    ("post", "/appeals/{id}/contest", Act::ContestAnswer),
    ("post", "/appeals/{id}/rate", Act::RateAnswer),
    ("post", "/appeals/{id}/withdraw", Act::WithdrawAppeal),
    ("post", "/appeals/{id}/merge", Act::MergeAppeals),
    ("get", "/status", Act::SeeStatus),
    ("get", "/organisations/{id}/roster", Act::SeeRoster),
    ("post", "/organisations/{id}/shifts", Act::KeepRoster),
    ("delete", "/organisations/{id}/shifts/{shift}", Act::KeepRoster),
    ("post", "/desk-codes", Act::HandOutCodes),
    ("get", "/desk-codes", Act::HandOutCodes),
    ("delete", "/desk-codes/{id}", Act::HandOutCodes),
    ("post", "/verifications", Act::Verify),
    ("get", "/audit", Act::SeeAudit),
    ("get", "/figures", Act::SeeFigures),
    ("post", "/grants", Act::ProposeGrant),
    ("post", "/grants/{id}/approve", Act::ApproveGrant),
    ("delete", "/grants/{id}", Act::RevokeGrant),
    ("get", "/openapi.json", Act::SeeApi),
    ("post", "/me/second-factor/confirm", Act::SetUpSecondFactor),
];

/// Operations and table do not agree.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("operations without a row in the table of acts, or rows without an operation: {}", .0.join(", "))]
pub struct Unlisted(pub Vec<String>);

/// Compares the description, whose paths lack the base, with the table.
///
/// # Errors
/// Everything that stands in one of the two alone.
pub fn check(api: &OpenApi) -> Result<(), Unlisted> {
    let mut routed = BTreeSet::new();
    for (path, item) in &api.paths.paths {
        let methods = [
            ("get", &item.get),
            ("post", &item.post),
            ("put", &item.put),
            ("patch", &item.patch),
            ("delete", &item.delete),
            ("head", &item.head),
            ("options", &item.options),
        ];
        for (method, operation) in methods {
            if operation.is_some() {
                routed.insert(format!("{method} {path}"));
            }
        }
    }
    let listed: BTreeSet<String> =
        OPERATIONS.iter().map(|(method, path, _)| format!("{method} {path}")).collect();
    let odd: Vec<String> = routed.symmetric_difference(&listed).cloned().collect();
    if odd.is_empty() { Ok(()) } else { Err(Unlisted(odd)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_without_a_row_is_named() {
        let (_, mut api) = crate::http::api().unwrap();
        let paths = std::mem::take(&mut api.paths.paths);
        let bare = |path: String| path.trim_start_matches(crate::http::BASE).to_owned();
        api.paths.paths = paths.into_iter().map(|(path, item)| (bare(path), item)).collect();
        assert_eq!(check(&api), Ok(()));
        let stolen = api.paths.paths.remove("/me").unwrap();
        api.paths.paths.insert("/secret".into(), stolen);
        assert_eq!(check(&api), Err(Unlisted(vec!["get /me".into(), "get /secret".into()])));
    }
}
