//! The closed list of what anyone can ask for. Every route and every socket frame names one of these;
//! whoever adds an act adds its row to the table beside this file.

/// Something a person may ask the server to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Act {
    /// Open an account for oneself.
    SignUp,
    /// Begin a session.
    SignIn,
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
}

impl TargetKind {
    /// The kinds that are rooms.
    pub const ROOMS: [Self; 5] =
        [Self::Medchat, Self::QuietMedchat, Self::Announcements, Self::QuietAnnouncements, Self::StaffRoom];
}

impl Act {
    /// Every act, in the order tables print them.
    pub const ALL: [Self; 23] = [
        Self::SignUp,
        Self::SignIn,
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
        Self::ProposeGrant,
        Self::ApproveGrant,
        Self::RevokeGrant,
    ];

    /// The kinds of target the act can be done to.
    pub const fn targets(self) -> &'static [TargetKind] {
        match self {
            Self::SignUp
            | Self::SignIn
            | Self::Refresh
            | Self::SignOut
            | Self::SeeMe
            | Self::OpenSocket
            | Self::SeeRegions
            | Self::ListRooms
            | Self::OpenInvitation
            | Self::SeeApi
            | Self::Cancel => &[TargetKind::Service],
            Self::ProposeGrant | Self::ApproveGrant | Self::RevokeGrant => &[TargetKind::Grant],
            Self::SeeRoom
            | Self::Read
            | Self::Subscribe
            | Self::Join
            | Self::Leave
            | Self::Post
            | Self::Edit
            | Self::Hide
            | Self::MarkRead => &TargetKind::ROOMS,
        }
    }
}
