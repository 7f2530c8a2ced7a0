using DrOrchestrator.Drills;
using DrOrchestrator.Web.Security;
using Microsoft.AspNetCore.Http;

namespace DrOrchestrator.Web.Dashboard;

/// <summary>What waits for a person, as the one who looks sees it.</summary>
/// <param name="IsSignedIn">Whether a person of these pages looks; a program with a token answers through the API.</param>
/// <param name="Answerable">Run and name of the items that this person may answer.</param>
internal sealed record WaitingItems(IReadOnlyList<PendingItem> Items, bool IsSignedIn, IReadOnlySet<(long Run, string Item)> Answerable)
{
    /// <summary>True when a form is shown.</summary>
    public bool HasForm => IsSignedIn && Items.Any(MayAnswer);

    public static async Task<WaitingItems> ReadAsync(HttpContext context, IDrills drills, CancellationToken cancellationToken)
    {
        var items = await drills.PendingAsync(null, cancellationToken);
        var isSignedIn = IsSession(context);
        var own = isSignedIn && items.Count > 0 ? await drills.PendingAsync(context.Caller(), cancellationToken) : [];
        return new(items, isSignedIn, own.Select(item => (item.Run, item.Name)).ToHashSet());
    }

    /// <summary>As above, also while the database is away: then as it was last read, and nobody can answer.</summary>
    public static async Task<WaitingItems> ReadAsync(HttpContext context, LastReadings readings, CancellationToken cancellationToken)
    {
        var items = await readings.PendingAsync(cancellationToken);
        var isSignedIn = IsSession(context);
        var own = isSignedIn && items.Count > 0 ? await readings.AnswerableAsync(context.Caller(), cancellationToken) : [];
        return new(items, isSignedIn, own.Select(item => (item.Run, item.Name)).ToHashSet());
    }

    /// <summary>A caller without a token of their own has come in by the session cookie.</summary>
    public static bool IsSession(HttpContext context) => context.Request.Headers.Authorization.Count == 0;

    public WaitingItems Of(long run) => this with { Items = [.. Items.Where(item => item.Run == run)] };

    public bool MayAnswer(PendingItem item) => Answerable.Contains((item.Run, item.Name));
}
