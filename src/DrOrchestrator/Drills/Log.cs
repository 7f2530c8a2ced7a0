using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Drills;

/// <summary>Log messages of the slice; event ids 3000-3099 are stable.</summary>
internal static partial class Log
{
    [LoggerMessage(3000, LogLevel.Information, "Run {Run}: the carrier stops with the process; open intents are observed at the next start")]
    public static partial void CarrierStopped(ILogger logger, long run);

    [LoggerMessage(3001, LogLevel.Warning, "Run {Run}: another owner has taken over: {Reason}")]
    public static partial void TakenOver(ILogger logger, long run, string reason);

    [LoggerMessage(3002, LogLevel.Warning, "Run {Run}: {Reason}; it is claimed anew")]
    public static partial void StoodStill(ILogger logger, long run, string reason);

    [LoggerMessage(3008, LogLevel.Information, "Run {Run}: its owner was heard of so recently that it may still act; looked at again in {Seconds:0.#} s")]
    public static partial void StillHeld(ILogger logger, long run, double seconds);

    [LoggerMessage(3009, LogLevel.Warning, "Open runs could not be looked at: {Reason}")]
    public static partial void SharedRunsUnread(ILogger logger, string reason);

    [LoggerMessage(3010, LogLevel.Error, "Run {Run} is on record and was not queued; it is found by the look at open runs, or by the next start")]
    public static partial void NotQueued(ILogger logger, long run, Exception exception);

    [LoggerMessage(3003, LogLevel.Error, "Run {Run}: the lease could not be renewed; nothing further begins")]
    public static partial void LeaseLost(ILogger logger, long run, Exception exception);

    [LoggerMessage(3004, LogLevel.Information, "Run {Run}: step {Step} attempt {Attempt}: {Outcome} {Reason}")]
    public static partial void StepEnded(ILogger logger, long run, string step, int attempt, string outcome, string reason);

    [LoggerMessage(3005, LogLevel.Error, "Run {Run}: step {Step}: kind threw")]
    public static partial void KindThrew(ILogger logger, long run, string step, Exception exception);

    [LoggerMessage(3007, LogLevel.Critical, "Run {Run}: NOBODY SERVES and the run cannot go on alone: {Reason}. It waits for an operator")]
    public static partial void NobodyServes(ILogger logger, long run, string reason);

    [LoggerMessage(3011, LogLevel.Warning, "Run {Run}: OVERDUE since {Due:u}: {Waiting}")]
    public static partial void Overdue(ILogger logger, long run, string waiting, DateTimeOffset due);

    [LoggerMessage(3012, LogLevel.Critical, "Run {Run}: {Item} is asked: {Text}")]
    public static partial void BreakGlassAsked(ILogger logger, long run, string item, string text);

    [LoggerMessage(3013, LogLevel.Critical, "Run {Run}: {Item} IS GIVEN by {People}. The run is to be reviewed: dro drill review {Run} --reason TEXT")]
    public static partial void OverrideGiven(ILogger logger, long run, string item, string people);

    [LoggerMessage(3014, LogLevel.Critical, "The old side {Site} answers, which run {Left} left without a fence: run {Run} fences it now")]
    public static partial void DutyActs(ILogger logger, long left, string site, long run);

    [LoggerMessage(3015, LogLevel.Critical, "The old side {Site} answers, which run {Left} left without a fence, and it cannot be fenced: run {Holder} holds the system. Tried again in a minute")]
    public static partial void DutyLocked(ILogger logger, long left, string site, long holder);

    [LoggerMessage(3060, LogLevel.Warning, "What steps have left to do could not be looked at, and is in ten minutes: {Reason}")]
    public static partial void StepDutiesNotLooked(ILogger logger, string reason);

    [LoggerMessage(3061, LogLevel.Warning, "Run {Run}: what step {Step} has left to do could not be looked at, and is in ten minutes: {Reason}")]
    public static partial void StepDutyNotLooked(ILogger logger, long run, string step, string reason);

    [LoggerMessage(3062, LogLevel.Warning, "Run {Run}: the duty to carry out its fence {Step} could not be looked at, and is in two seconds: {Reason}")]
    public static partial void DutyNotLooked(ILogger logger, long run, string step, string reason);

    [LoggerMessage(3063, LogLevel.Critical, "A real run of plan {Plan} was asked for and waits for a word that NOBODY MAY GIVE: {Reason}")]
    public static partial void NobodyMayApprove(ILogger logger, string plan, string reason);

    [LoggerMessage(3064, LogLevel.Warning, "Namespaces that runs left behind could not be looked for, and are in a minute: {Reason}")]
    public static partial void LeftNotLooked(ILogger logger, string reason);

    [LoggerMessage(3016, LogLevel.Warning, "Duties to fence could not be looked at, and are in two seconds: {Reason}")]
    public static partial void DutiesNotLooked(ILogger logger, string reason);

    [LoggerMessage(3006, LogLevel.Information, "Run {Run}: closed as {Outcome}")]
    public static partial void Closed(ILogger logger, long run, string outcome);

    [LoggerMessage(3008, LogLevel.Warning, "What the plans run on could not be looked at or kept; looked at again in a minute")]
    public static partial void FingerprintsNotRead(ILogger logger, Exception failure);

    [LoggerMessage(3011, LogLevel.Warning, "Run {Run}: what people say could not be read; looked again in a moment: {Reason}")]
    public static partial void NotHeard(ILogger logger, long run, string reason);
}
