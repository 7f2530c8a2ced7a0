using DrOrchestrator.Estates;
using DrOrchestrator.Probes.Vantage;

namespace DrOrchestrator.Availability.Sights;

/// <summary>A vantage point now.</summary>
/// <param name="Decides">It is the server's own: what it makes of all words goes on record.</param>
/// <param name="Votes">Its word counts now.</param>
/// <param name="HeardAt">When it was last heard, where it does not decide; null while it never was.</param>
/// <param name="Controls">Control targets it is declared with.</param>
/// <param name="Why">Why its word does not count: <c>silent</c>; null while it does.</param>
public sealed record VantageStanding(string Name, bool Decides, bool Votes, DateTimeOffset? HeardAt, int Controls, string? Why);

/// <summary>The vantage points of the estate in force, and which of them vote.</summary>
public interface IVantageRoll
{
    /// <summary>Those declared, in the estate's order; empty where none is.</summary>
    IReadOnlyList<VantageStanding> Read();
}

/// <summary>See <see cref="IVantageRoll"/>.</summary>
internal sealed class VantageRoll(EstateHolder estates, OwnVantage own, OtherSights others, ISightStore store) : IVantageRoll
{
    public IReadOnlyList<VantageStanding> Read()
    {
        var estate = estates.Current;
        var decides = own.Of(estate).Name;
        return [.. estate.VantagePoints.Select(point => point.Name == decides
            ? new VantageStanding(point.Name, true, true, null, point.Controls.Count, null)
            : Other(point, others.HeardOf(point.Name)))];
    }

    private VantageStanding Other(VantagePoint point, OtherSights.Heard? heard)
    {
        var why = VantageReasons.Of(store.IsShared, others.IsAway, heard);
        return new VantageStanding(point.Name, false, why is null, heard?.HeardAt, point.Controls.Count, why);
    }
}

/// <summary>Why a vantage point does not vote, in words. Pure.</summary>
internal static class VantageReasons
{
    public const string NotShared = "votes need PostgreSQL";

    /// <summary>Their words come through it.</summary>
    public const string Away = "the database is away";

    /// <summary>Whether more than one of them votes, or would if it were heard.</summary>
    public static bool Several(IReadOnlyList<VantageStanding> standings) => standings.Count(standing => standing.Why != NotShared) > 1;

    /// <summary>Null when it votes.</summary>
    public static string? Of(bool isShared, bool isAway, OtherSights.Heard? heard) => (isShared, heard) switch
    {
        (false, _) => NotShared,
        (_, null or { IsFresh: false }) when isAway => Away,
        (_, null or { HeardAt: null }) => "not heard yet",
        (_, { IsFresh: false }) => "silent",
        (_, { IsOfThisEstate: false }) => "looks by another version of the estate",
        _ => null,
    };
}
