using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Carrying;

namespace DrOrchestrator.Drills.Duties;

/// <summary>An old side that was not fenced when it should have been, looked at again.</summary>
/// <param name="Answers">It is back: what its fence step asks of it is answered.</param>
/// <param name="Facts">What shows that the fence holds already; null where it does not, or where that was not asked.</param>
internal sealed record OldSide(bool Answers, IReadOnlyList<string>? Facts)
{
    /// <summary>Looks once and changes nothing: a fence is prepared by reading the old side alone, so where that works it is back. One that is dark, or does not say what is asked, does not answer.</summary>
    /// <param name="begun">The intent of its fence, where that was begun and may hold by now; null asks whether the side answers and no more.</param>
    public static async Task<OldSide> LookAsync(
        IFenceKind kind, StepContext context, JsonObject? begun, TimeSpan patience, TimeProvider time, CancellationToken halt, CancellationToken cancellationToken)
    {
        // Side by side: a proof that hangs or breaks says nothing of whether the side answers.
        var answers = BoundedLook.TakeAsync(
            async token =>
            {
                await kind.PrepareAsync(context, token).ConfigureAwait(false);
                return true;
            },
            patience,
            time,
            halt,
            cancellationToken);

        // The old side alone: by now another one has been promoted in its place.
        var held = begun is null ? null : await BoundedLook.TakeAsync(token => kind.ProveHeldAsync(context, begun, token), patience, time, halt, cancellationToken).ConfigureAwait(false);
        var isBack = (await answers.ConfigureAwait(false)).Value;
        return held?.Value is { Proved: true } proof ? new OldSide(true, proof.Facts) : new OldSide(isBack, null);
    }
}
