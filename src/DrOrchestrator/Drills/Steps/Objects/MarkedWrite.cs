using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Kubernetes;

namespace DrOrchestrator.Drills.Steps.Objects;

/// <summary>What a look at the target came to: an end, or the one request that may be sent on exactly what was seen.</summary>
internal sealed record MarkedLook<TEnd>(TEnd? End, Func<Task<TEnd>>? Send)
    where TEnd : class
{
    /// <summary>Why the target does not show whether an earlier request was carried out, or still will be: <see cref="End"/> is the end only where there was none. Null where it shows that.</summary>
    public string? Hides { get; init; }

    public static implicit operator MarkedLook<TEnd>(TEnd end) => new(end, null);
}

/// <summary>
/// One write, once, by its mark: looks first, sends on exactly what it saw (uid and resourceVersion), and after a conflict or a lost answer looks again. Two of these with the
/// same mark, one of them of a process that died, therefore exclude each other.
/// </summary>
internal static class MarkedWrite
{
    private const string TooLate = "its time was over before it could be sent";

    /// <param name="look">Finds the mark, or what stands against the write; else says what to send.</param>
    /// <param name="refused">The end where no request can have been carried out: the server says no, or it never came to one that was not answered clearly.</param>
    /// <param name="unclear">The end where nobody knows, with the last reason.</param>
    /// <param name="repeats">A request with the same mark may be on its way already (<see cref="StepContext.Repeats"/>).</param>
    public static async Task<TEnd> RunAsync<TEnd>(
        Func<Task<MarkedLook<TEnd>>> look, Func<ClusterFailure, TEnd> refused, Func<string, TEnd> unclear, bool repeats, SendPermit permit, StepDeadline deadline, CancellationToken cancellationToken)
        where TEnd : class
    {
        ClusterFailure? last = null;
        var mayStand = repeats;
        do
        {
            var (sending, isLast) = (false, deadline.HasPassed);
            try
            {
                var seen = await look().ConfigureAwait(false);
                if (seen.End is { } end)
                {
                    return mayStand && seen.Hides is { } why ? unclear(why) : end;
                }

                if (deadline.HasPassed)
                {
                    // The last look, or a process that stood still since it looked and may have been taken over: by its own clock the attempt is over, and it sends nothing more.
                    return isLast && !mayStand ? refused(last ?? new ClusterFailure(null, TooLate)) : unclear(last?.Reason ?? TooLate);
                }

                permit.Require();
                sending = true;
                return await seen.Send!().ConfigureAwait(false);
            }
            catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
            {
                last = failure;
                mayStand |= sending && failure.MayHaveActed;
                if (failure.IsFinal)
                {
                    // Where an earlier request got no answer, that one may have been carried out whatever this one is told, also that there is no such object any more.
                    break;
                }
            }
        }
        while (await deadline.WaitAsync(SiteCalls.PollInterval, cancellationToken).ConfigureAwait(false));

        return mayStand ? unclear(last!.Reason) : refused(last!);
    }

    /// <summary>
    /// What a look says of a write whose request may be on its way. It was sent on a state that still was as the intent has it: where that has moved on, its resourceVersion meets nothing any
    /// more; where it has not, a late request acts, and only the same write, sent again, excludes it. Pure.
    /// </summary>
    /// <param name="intent">With <c>uid</c> and <c>markBefore</c>.</param>
    /// <param name="mark">That it carries now.</param>
    /// <param name="hasMoved">Whether what the intent was made for has changed.</param>
    public static Observation Judge(string target, string marker, JsonObject intent, string? uid, string? mark, bool hasMoved, Func<JsonObject> outputs) =>
        uid != intent.Text("uid") ? new Observation(ObservedAnswer.CannotTell, $"{target} was replaced by another object of that name: whether it carried {marker} before, nobody can tell")
        : mark == marker ? new Observation(ObservedAnswer.Happened, $"{target} carries {marker}", outputs())
        : !hasMoved ? new Observation(ObservedAnswer.CannotHappenAnyMore, $"{target} does not carry {marker}; a late request would meet the same resourceVersion", OnlyByRepeating: true)
        : HasSameMark(intent, mark) ? new Observation(ObservedAnswer.CannotHappenAnyMore, $"{target} does not carry {marker} and was changed since: a late request would meet another resourceVersion")
        : new Observation(ObservedAnswer.CannotTell, $"{target} carries the mark {mark ?? "none"} by now: whether it carried {marker} before, nobody can tell");

    /// <summary>Whether the mark is the one of before the intent: nothing with another one was carried out since, as marks are never put back. True where nobody has noted it.</summary>
    public static bool HasSameMark(JsonObject intent, string? mark) => intent.OptionalText("markBefore") is not { } before || before == (mark ?? "");
}
