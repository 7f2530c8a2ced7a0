namespace DrOrchestrator.Drills.Steps.Dns;

/// <summary>How a server says that it did not do what it was asked (RFC 2136, 2.2; RFC 8945, 3), and the words for it. Pure.</summary>
internal static class DnsRefusals
{
    public const int NameError = 3;
    private const int NameExists = 6;
    private const int SetExists = 7;
    private const int SetIsAnother = 8;
    private const int NotAuthoritative = 9;

    private static readonly Dictionary<int, string> Codes = new()
    {
        [1] = "it cannot read the update (FORMERR)",
        [4] = "it takes no updates (NOTIMP)",
        [5] = "the key may not change that (REFUSED)",
        [NotAuthoritative] = "it is no server of the zone, or does not know the key (NOTAUTH)",
        [10] = "the name is not in the zone (NOTZONE)",
    };

    private static readonly Dictionary<int, string> KeyErrors = new()
    {
        [16] = "its key of that name has another secret (BADSIG)",
        [17] = "it has no key of that name (BADKEY)",
        [18] = "its clock and ours are more than 30 s apart (BADTIME)",
    };

    /// <summary>Why an update was refused; null where it was not, or for its condition only.</summary>
    public static string? Of(DnsVerdict verdict) => OfKey(verdict) ?? Codes.GetValueOrDefault(verdict.Rcode);

    /// <summary>Why the key was refused; null where it was not.</summary>
    public static string? OfKey(DnsVerdict verdict) => verdict.Rcode == NotAuthoritative ? KeyErrors.GetValueOrDefault(verdict.Error) : null;

    /// <summary>Whether a condition of the update did not hold.</summary>
    public static bool IsOfCondition(DnsVerdict verdict) => verdict.Rcode is NameError or NameExists or SetExists or SetIsAnother;
}
