//! The closed list of what anyone can ask for. Every route and every socket frame names one of these;
//! whoever adds an act adds its row to the table beside this file.

/// Something a person may ask the server to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Act {
    /// Open an account for oneself.
    SignUp,
    /// Begin a session.
    SignIn,
    /// Set up a second factor for oneself.
    SetUpSecondFactor,
    /// Exchange a refresh token for the next pair.
    Refresh,
    /// End one's own session.
    SignOut,
    /// See one's own account, grants and rooms.
    SeeMe,
    /// Open a socket.
    OpenSocket,
    /// List and see regions.
    SeeRegions,
    /// List the rooms one may see.
    ListRooms,
    /// See what an invitation code opens.
    OpenInvitation,
    /// Read the API's description.
    SeeApi,
    /// See a room's title, hours, links.
    SeeRoom,
    /// Read a room's messages.
    Read,
    /// Follow a room's feed over a socket.
    Subscribe,
    /// Become a member of a room.
    Join,
    /// Stop being a member.
    Leave,
    /// Say something in a room.
    Post,
    /// Give up a try to say something.
    Cancel,
    /// Change what one said.
    Edit,
    /// Hide what somebody said.
    Hide,
    /// Note how far one has read.
    MarkRead,
    /// Ask a clinic a question in a room.
    OpenAppeal,
    /// See an appeal's state by its number and code.
    SeeStatus,
    /// List one's own appeals, or those one works on or watches.
    ListAppeals,
    /// Take an appeal.
    AcceptAppeal,
    /// Give an appeal to a colleague.
    AssignAppeal,
    /// Give an appeal back for a colleague to take.
    ReleaseAppeal,
    /// Pass an appeal to another organisation.
    TransferAppeal,
    /// Write a message in an appeal.
    WriteToAppeal,
    /// Ask an appeal's author something and wait.
    AskResident,
    /// Give the final answer.
    AnswerFinally,
    /// Refuse an appeal.
    RefuseAppeal,
    /// Join an appeal to another.
    MergeAppeals,
    /// Confirm the final answer.
    ConfirmAnswer,
    /// Contest the final answer.
    ContestAnswer,
    /// Rate the final answer.
    RateAnswer,
    /// Take an appeal back.
    WithdrawAppeal,
    /// Let colleagues know that one looks at an appeal.
    ViewAppeal,
    /// See who is on duty for an organisation.
    SeeRoster,
    /// Say who is on duty for an organisation.
    KeepRoster,
    /// Hand out desk codes, see what became of them, take them back.
    HandOutCodes,
    /// Show that one is an adult.
    Verify,
    /// See figures.
    SeeFigures,
    /// Read the audit.
    SeeAudit,
    /// Propose that somebody be given a role.
    ProposeGrant,
    /// Give the proposed role, as a second person.
    ApproveGrant,
    /// Take a role away.
    RevokeGrant,
}

/// What an act is done to, as far as the table tells targets apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TargetKind {
    /// The service as a whole, or oneself.
    Service,
    /// Somebody's grant.
    Grant,
    /// A medchat in a region that lets everybody read.
    Medchat,
    /// A medchat in a region that lets only account holders read.
    QuietMedchat,
    /// The announcements of a region that lets everybody read.
    Announcements,
    /// The announcements of a region that lets only account holders read.
    QuietAnnouncements,
    /// An organisation's staff room.
    StaffRoom,
    /// What everybody sees of an appeal in a region that lets everybody read.
    Appeal,
    /// What everybody sees of an appeal in a region that lets only account holders read.
    QuietAppeal,
    /// The private lane of an appeal.
    PrivateLane,
    /// The desk of an organisation.
    Desk,
    /// What one person is told.
    Mailbox,
    /// The roster of an organisation.
    Roster,
    /// Figures over some part of the country.
    Figures,
}

impl TargetKind {
    /// The kinds that are rooms.
    pub const ROOMS: [Self; 5] =
        [Self::Medchat, Self::QuietMedchat, Self::Announcements, Self::QuietAnnouncements, Self::StaffRoom];
    /// The kinds that are appeals.
    pub const APPEALS: [Self; 2] = [Self::Appeal, Self::QuietAppeal];
    /// The kinds that can be read and followed.
    pub const READ: [Self; 10] = [
        Self::Medchat,
        Self::QuietMedchat,
        Self::Announcements,
        Self::QuietAnnouncements,
        Self::StaffRoom,
        Self::Appeal,
        Self::QuietAppeal,
        Self::PrivateLane,
        Self::Desk,
        Self::Mailbox,
    ];
    /// Every kind, in the order tables print them.
    pub const ALL: [Self; 14] = [
        Self::Service,
        Self::Grant,
        Self::Medchat,
        Self::QuietMedchat,
        Self::Announcements,
        Self::QuietAnnouncements,
        Self::StaffRoom,
        Self::Appeal,
        Self::QuietAppeal,
        Self::PrivateLane,
        Self::Desk,
        Self::Mailbox,
        Self::Roster,
        Self::Figures,
    ];
}

impl Act {
    /// Every act, in the order tables print them.
    pub const ALL: [Self; 47] = [
        Self::SignUp,
        Self::SignIn,
        Self::SetUpSecondFactor,
        Self::Refresh,
        Self::SignOut,
        Self::SeeMe,
        Self::OpenSocket,
        Self::SeeRegions,
        Self::ListRooms,
        Self::OpenInvitation,
        Self::SeeApi,
        Self::SeeRoom,
        Self::Read,
        Self::Subscribe,
        Self::Join,
        Self::Leave,
        Self::Post,
        Self::Cancel,
        Self::Edit,
        Self::Hide,
        Self::MarkRead,
        Self::OpenAppeal,
        Self::SeeStatus,
        Self::ListAppeals,
        Self::AcceptAppeal,
        Self::AssignAppeal,
        Self::ReleaseAppeal,
        Self::TransferAppeal,
        Self::WriteToAppeal,
        Self::AskResident,
        Self::AnswerFinally,
        Self::RefuseAppeal,
        Self::MergeAppeals,
        Self::ConfirmAnswer,
        Self::ContestAnswer,
        Self::RateAnswer,
        Self::WithdrawAppeal,
        Self::ViewAppeal,
        Self::SeeRoster,
        Self::KeepRoster,
        Self::HandOutCodes,
        Self::Verify,
        Self::SeeFigures,
        Self::SeeAudit,
        Self::ProposeGrant,
        Self::ApproveGrant,
        Self::RevokeGrant,
    ];

    /// The kinds of target the act can be done to.
    pub const fn targets(self) -> &'static [TargetKind] {
        match self {
            Self::SignUp
            | Self::SignIn
            | Self::SetUpSecondFactor
            | Self::Refresh
            | Self::SignOut
            | Self::SeeMe
            | Self::OpenSocket
            | Self::SeeRegions
            | Self::ListRooms
            | Self::OpenInvitation
            | Self::SeeApi
            | Self::SeeStatus
            | Self::ListAppeals
            | Self::HandOutCodes
            | Self::Verify
            | Self::SeeAudit
            | Self::Cancel => &[TargetKind::Service],
            Self::ProposeGrant | Self::ApproveGrant | Self::RevokeGrant => &[TargetKind::Grant],
            Self::SeeRoom
            | Self::Join
            | Self::Leave
            | Self::Post
            | Self::Edit
            | Self::Hide
            | Self::OpenAppeal => &TargetKind::ROOMS,
            Self::Read | Self::MarkRead | Self::Subscribe => &TargetKind::READ,
            Self::AcceptAppeal
            | Self::AssignAppeal
            | Self::ReleaseAppeal
            | Self::TransferAppeal
            | Self::WriteToAppeal
            | Self::AskResident
            | Self::AnswerFinally
            | Self::RefuseAppeal
            | Self::MergeAppeals
            | Self::ConfirmAnswer
            | Self::ContestAnswer
            | Self::RateAnswer
            | Self::WithdrawAppeal
            | Self::ViewAppeal => &TargetKind::APPEALS,
            Self::SeeRoster | Self::KeepRoster => &[TargetKind::Roster],
            Self::SeeFigures => &[TargetKind::Figures],
        }
    }
}
