using System.Text.Json.Nodes;
using DrOrchestrator.Commands;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Steps.Postgres;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Steps.Programs;

/// <summary>
/// <c>command</c>: runs a program of the orchestrator's machine that the server's settings allow. Nobody but a program that the plan names can tell whether its effect stands; without
/// one a person is asked, unless the plan says that it may be run again.
/// </summary>
internal sealed class CommandStep(AllowedCommands allowed, TimeProvider time, ProcessSight? seen = null) : IReversibleStepKind, IStandingKind
{
    private const string Undo = "-undo";
    private const string ExitCode = "exitCode";

    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly ProcessSight _sight = seen ?? ProcessSight.OfThisMachine;
    private readonly CommandRuns _runs = new(allowed, time, seen ?? ProcessSight.OfThisMachine);

    public StepKindShape Shape { get; } = new(
        "command",
        StepEffect.Reversible,
        NeedsSite: false,
        "Runs a program of the orchestrator's machine that the server allows.",
        CommandStepSettings.Shapes,
        [ExitCode])
    {
        Judge = CommandStepSettings.Judge,
        JudgeRehearsal = CommandStepSettings.JudgeRehearsal,
        CannotBeTakenBack = with => new CommandStepSettings(with).CannotBeTakenBack,
        DeclaredOutputs = with => new CommandStepSettings(with).DeclaredValues,
        SecretFiles = with => new CommandStepSettings(with).SecretFiles.Values,
        Programs = with => new CommandStepSettings(with).Programs,
    };

    public async Task<JsonObject> PrepareAsync(StepContext context, CancellationToken cancellationToken)
    {
        CheckArguments(context);
        var settings = new CommandStepSettings(context.Parameters);
        _ = StepSecrets.Read(settings.SecretFiles);
        var digests = new JsonObject();
        foreach (var program in settings.Programs.Distinct(StringComparer.Ordinal))
        {
            digests[program] = await _runs.DigestAsync(program, cancellationToken).ConfigureAwait(false);
        }

        return new JsonObject
        {
            ["program"] = settings.Run.Program,
            ["args"] = JournalJson.Array(settings.Run.Arguments),
            ["marker"] = context.Marker,
            ["secrets"] = JournalJson.Array(settings.SecretFiles.Keys),
            ["sha256"] = digests,
            ["place"] = _sight.Place(),
            ["since"] = _sight.Now(),
        };
    }

    public async Task<StepOutcome> ExecuteAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        var settings = new CommandStepSettings(context.Parameters);
        var deadline = new StepDeadline(time, context.Step.Timeout);
        CommandEnd? end;
        try
        {
            if (await ChangedAsync(settings.Run.Program, intent, cancellationToken).ConfigureAwait(false) is { } changed)
            {
                return EarlierStart.Failed(context, settings.Run.Program, changed);
            }

            end = await _runs.RunAsync(context, settings.Run, StepSecrets.Read(settings.SecretFiles), context.Marker, context.Step.Name, deadline.Remaining, context.Permit, cancellationToken).ConfigureAwait(false);
        }
        catch (StepFailedException failed)
        {
            return EarlierStart.Failed(context, settings.Run.Program, failed.Message);
        }

        return end switch
        {
            null => new StepOutcome.Unknown(Given(settings.Run.Program, context, StillRuns(intent, context.Marker))),
            { Survivor: { } pid } => new StepOutcome.Unknown(Left(settings.Run.Program, pid), end.Objects),
            { ExitCode: null } => EarlierStart.Failed(context, settings.Run.Program, end.Words),
            { ExitCode: { } code } when settings.IsSuccess(code) => end.OutputsOf(settings.DeclaredValues, isOfTheStep: true) is { } outputs
                ? new StepOutcome.Done(outputs, end.Objects)
                : new StepOutcome.Unknown($"{settings.Run.Program} ended well, and the last line of its output does not have {string.Join(", ", settings.DeclaredValues)}", end.Objects),
            { ExitCode: { } code } when settings.IsWithoutEffect(code) => EarlierStart.Failed(context, settings.Run.Program, $"{settings.Run.Program} changed nothing: {end}", end.Objects),
            _ => new StepOutcome.Unknown($"{settings.Run.Program} failed, and whether it changed something is not known: {end}", end.Objects),
        };
    }

    public async Task<Observation> ObserveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        if (StillRuns(intent, context.Marker) is { } running)
        {
            return new Observation(ObservedAnswer.StillMay, running);
        }

        var settings = new CommandStepSettings(context.Parameters);
        if (settings.Look is { } look)
        {
            return await LookAsync(context, settings, look, cancellationToken).ConfigureAwait(false);
        }

        if (settings.IsRepeatable && intent.OptionalText("place") is { } place && place != _sight.Place())
        {
            return new Observation(ObservedAnswer.CannotTell, $"{settings.Run.Program} was started at another place (machine, container, or before it began anew), and whether it still runs there cannot be seen from here");
        }

        if (settings.IsRepeatable && !_sight.SeesOthers())
        {
            return new Observation(ObservedAnswer.CannotTell, $"processes of other accounts are hidden here (hidepid), and whether one that {settings.Run.Program} has started still runs cannot be seen");
        }

        return settings.IsRepeatable
            ? new Observation(ObservedAnswer.CannotHappenAnyMore, $"{settings.Run.Program} does not run any more, and by the plan run twice it is as run once", OnlyByRepeating: true)
            : new Observation(ObservedAnswer.CannotTell, $"the plan names no program that could tell what {settings.Run.Program} has done");
    }

    /// <summary>What a program acts on only it knows: what it did before is taken for changed by what it is started for later.</summary>
    public IReadOnlyList<StepTarget> TargetsOf(StepContext context) => [new StepTarget("program", new CommandStepSettings(context.Parameters).Run.Program)];

    /// <summary>By the program that looks, where the plan names one: an exit code for "not there". Without one (it did not end, or may not be started) nothing is contradicted.</summary>
    public async Task<string?> ContradictionAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken) =>
        new CommandStepSettings(context.Parameters) is { Look: { } look } settings
        && await LookAsync(context, settings, look, cancellationToken).ConfigureAwait(false) is { Answer: ObservedAnswer.CannotHappenAnyMore or ObservedAnswer.StillMay, Objects: not null, Detail: var seen }
            ? $"it does not stand any more: {seen}"
            : null;

    /// <summary>What may have had an effect is unknown, never failed; and the program that takes back would act on what somebody else has done.</summary>
    public bool UndoesFailed => false;

    public bool Undoes(PlanStep step) => new CommandStepSettings(step.Parameters).Back is not null;

    public async Task<StepOutcome> UndoAsync(StepContext context, JsonObject intent, JsonObject? outputs, CancellationToken cancellationToken)
    {
        var settings = new CommandStepSettings(context.Parameters);
        if (settings.Back is not { } back)
        {
            return new StepOutcome.Failed("there is no program that takes it back");
        }

        // Of an owner before this one, or of a stop that came in its middle: two of them never run side by side. What cannot be looked into holds nothing up any more: before a rollback
        // gets here, it was seen that there is none, or a person has said what became of the step; and what has begun since is anybody's.
        var deadline = new StepDeadline(time, context.Step.Timeout);
        while (StillRuns([], context.Marker, context.Marker + Undo) is { } running)
        {
            if (!await deadline.WaitAsync(Pause, cancellationToken).ConfigureAwait(false))
            {
                return new StepOutcome.Unknown(running);
            }
        }

        CommandEnd? end;
        try
        {
            if (await ChangedAsync(back.Program, intent, cancellationToken).ConfigureAwait(false) is { } changed)
            {
                return new StepOutcome.Failed(changed);
            }

            end = await _runs.RunAsync(context, back, StepSecrets.Read(settings.SecretFiles), context.Marker + Undo, context.Step.Name + Undo, deadline.Remaining, context.Permit, cancellationToken).ConfigureAwait(false);
        }
        catch (StepFailedException failed)
        {
            return new StepOutcome.Failed(failed.Message);
        }

        return end switch
        {
            null => new StepOutcome.Unknown(Given(back.Program, context, StillRuns([], context.Marker + Undo))),
            { Survivor: { } pid } => new StepOutcome.Unknown(Left(back.Program, pid), end.Objects),
            { ExitCode: { } code } when settings.IsSuccess(code) => new StepOutcome.Done([], end.Objects),
            _ => new StepOutcome.Failed($"{back.Program} did not take it back: {end}", end.Objects),
        };
    }

    public string Describe(PlanStep step, Estate estate)
    {
        var settings = new CommandStepSettings(step.Parameters);
        return $"run {settings.Run} on the orchestrator's machine{(settings.Back is { } back ? $"; taken back by {back}" : "")}";
    }

    /// <summary>
    /// What comes from an earlier step goes to a program as one plain word: whoever can write that step's output must not name an option of this one, nor say something to a shell
    /// that the program may hand it on to.
    /// </summary>
    private static void CheckArguments(StepContext context)
    {
        foreach (var list in (string[])["args", "observe-args", "undo-args"])
        {
            var (written, filled) = (context.Step.Parameters.Texts(list), context.Parameters.Texts(list));
            for (var i = 0; i < filled.Count; i++)
            {
                if (filled[i].Contains('\0', StringComparison.Ordinal))
                {
                    throw new StepFailedException($"'{list}' holds a character that no argument can");
                }

                if (filled[i] != written[i] && (!DatabaseHosts.IsPlain(filled[i]) || (filled[i][0] == '-' && written[i][0] == '$')))
                {
                    throw new StepFailedException($"'{filled[i]}' at '{list}' comes from another step and is no plain word: only letters, digits and . _ : / - go into an argument, and none begins with -");
                }
            }
        }
    }

    private static string Given(string program, StepContext context, string? running) =>
        $"{program} did not end within {Durations.Format(context.Step.Timeout)} and was killed{(running is null ? "" : $"; {running}")}";

    private static string Left(string program, int pid) => FormattableString.Invariant($"{program} has ended, and what it has started still runs as process {pid}, which cannot be ended from here");

    /// <summary>Why a program of the step may still run here; null where it surely does not. What has left its session and goes by another environment is not held.</summary>
    /// <param name="intent">Says since when; with none in it only what can be looked into is found.</param>
    private string? StillRuns(JsonObject intent, params string[] marks) =>
        marks.SelectMany(_runs.StillRunning).Select(pid => (int?)pid).FirstOrDefault() is { } seen ? FormattableString.Invariant($"it still runs as process {seen}")
        : intent.Number("since") is { } since && intent.OptionalText("place") == _sight.Place() && _sight.Hidden((long)since) is [var hidden, ..]
            ? FormattableString.Invariant($"process {hidden} of another account began since, what began it is gone, and it cannot be looked into: it may be of this step")
        : null;

    private async Task<string?> ChangedAsync(string program, JsonObject intent, CancellationToken cancellationToken) =>
        await _runs.DigestAsync(program, cancellationToken).ConfigureAwait(false) is var now && intent["sha256"]?[program]?.ToString() != now
            ? $"the program {program} was changed since the step was prepared"
            : null;

    private async Task<Observation> LookAsync(StepContext context, CommandStepSettings settings, CommandLine look, CancellationToken cancellationToken)
    {
        CommandEnd? end;
        try
        {
            var longest = context.Step.Timeout < LongestLook ? context.Step.Timeout : LongestLook;
            end = await _runs.RunAsync(context, look, StepSecrets.Read(settings.SecretFiles), context.Marker + "-observe", $"{context.Step.Name}-observe", longest, SendPermit.Unlimited, cancellationToken).ConfigureAwait(false);
        }
        catch (StepFailedException failed)
        {
            return new Observation(ObservedAnswer.CannotTell, failed.Message);
        }

        if (end is null)
        {
            return new Observation(ObservedAnswer.StillMay, $"{look.Program} did not end in time and was killed");
        }

        var answer = end.ExitCode is { } code ? settings.AnswerOf(code) : ObservedAnswer.CannotTell;
        if (answer is ObservedAnswer.Happened && StepReferences.To(context.Step.Name, context.Plan.AllSteps).Contains(ExitCode))
        {
            return new Observation(ObservedAnswer.CannotTell, $"{look.Program} says that it happened, and with which exit code nobody can say", Objects: end.Objects);
        }

        return answer is not ObservedAnswer.Happened ? new Observation(answer, $"{look.Program} says: {end}", Objects: end.Objects)
            : end.OutputsOf(settings.DeclaredValues, isOfTheStep: false) is { } outputs ? new Observation(answer, $"{look.Program} says: {end}", outputs, end.Objects)
            : new Observation(ObservedAnswer.CannotTell, $"{look.Program} says that it happened, and the last line of its output does not have {string.Join(", ", settings.DeclaredValues)}", Objects: end.Objects);
    }
}
