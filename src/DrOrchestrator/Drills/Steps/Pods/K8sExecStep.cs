using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Steps.Postgres;
using DrOrchestrator.Drills.Steps.Programs;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Steps.Pods;

/// <summary>
/// <c>k8s.exec</c>: runs a command in a container of one pod. Pod and container are those that were chosen when the step was prepared. Nobody but a command that the plan names can tell whether its
/// effect stands; without one a person is asked, unless the plan says that it may be run again. What it did nothing takes back.
/// </summary>
internal sealed class K8sExecStep(ClusterConnections connections, TimeProvider time) : IStandingKind
{
    private const string ExitCode = "exitCode";
    private const string Pod = "pod";

    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(10);

    private readonly ExecRuns _runs = new(connections, time);

    public StepKindShape Shape { get; } = new(
        "k8s.exec",
        StepEffect.Irreversible,
        NeedsSite: true,
        "Runs a command in a container of a pod.",
        ExecStepSettings.Shapes,
        [ExitCode, Pod])
    {
        Judge = ExecStepSettings.Judge,
        DeclaredOutputs = with => new CommandStepSettings(with).DeclaredValues,
    };

    public async Task<JsonObject> PrepareAsync(StepContext context, CancellationToken cancellationToken)
    {
        CheckArguments(context);
        var target = await SiteCalls.ReadOrFailAsync(
            $"pods in {context.Namespace()} at {context.Site()}",
            () => ExecTarget.FindAsync(connections.Of(context.Estate, context.Site()), context.Parameters, cancellationToken),
            cancellationToken).ConfigureAwait(false);
        return new JsonObject
        {
            ["namespace"] = context.Namespace(),
            [Pod] = target.Pod,
            ["uid"] = target.Uid,
            ["container"] = target.Container,
            ["containerId"] = target.ContainerId,
            ["command"] = JournalJson.Array(context.Parameters.Texts(ExecStepSettings.Command)),
            ["marker"] = context.Marker,
        };
    }

    public async Task<StepOutcome> ExecuteAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        var settings = new CommandStepSettings(context.Parameters);
        var chosen = new ExecTarget(intent.Text(Pod), intent.Text("uid"), intent.Text("container"), intent.Text("containerId"));
        var run = await _runs.RunAsync(context, chosen, context.Parameters.Texts(ExecStepSettings.Command), context.Step.Name, context.Step.Timeout, context.Permit, cancellationToken).ConfigureAwait(false);
        return run.End switch
        {
            null => run.Failed is { } failed ? EarlierStart.Failed(context, Program(context), failed) : new StepOutcome.Unknown(run.Unclear!, run.Objects),
            { ExitCode: { } code } end when settings.IsSuccess(code) => end.OutputsOf(settings.DeclaredValues, isOfTheStep: true) is { } outputs
                ? new StepOutcome.Done(With(outputs, intent), end.Objects)
                : new StepOutcome.Unknown($"{Program(context)} ended well, and the last line of its output does not have {string.Join(", ", settings.DeclaredValues)}", end.Objects),
            { ExitCode: { } code } end when settings.IsWithoutEffect(code) => EarlierStart.Failed(context, Program(context), $"{Program(context)} changed nothing: {end}", end.Objects),
            { } end => new StepOutcome.Unknown($"{Program(context)} failed, and whether it changed something is not known: {end}", end.Objects),
        };
    }

    public async Task<Observation> ObserveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        var settings = new CommandStepSettings(context.Parameters);
        return ExecStepSettings.Look(context.Parameters) is { } look ? await LookAsync(context, intent, settings, look, cancellationToken).ConfigureAwait(false)
            : settings.IsRepeatable ? new Observation(ObservedAnswer.CannotHappenAnyMore, $"by the plan {Program(context)} run twice, also at once, is as run once", OnlyByRepeating: true)
            : new Observation(ObservedAnswer.CannotTell, $"the plan names no program that could tell what {Program(context)} has done");
    }

    /// <summary>What a command acts on only it knows: what it did before is taken for changed by what is started at the same place later.</summary>
    public IReadOnlyList<StepTarget> TargetsOf(StepContext context) => [new("site", context.Site(), context.Namespace(), ExecStepSettings.Target(context.Parameters))];

    /// <summary>By the command that looks, where the plan names one: an exit code for "not there". Without one nothing is contradicted.</summary>
    public async Task<string?> ContradictionAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken) =>
        ExecStepSettings.Look(context.Parameters) is { } look
        && await LookAsync(context, intent, new CommandStepSettings(context.Parameters), look, cancellationToken).ConfigureAwait(false) is { Answer: ObservedAnswer.CannotHappenAnyMore or ObservedAnswer.StillMay, Objects: not null, Detail: var seen }
            ? $"it does not stand any more: {seen}"
            : null;

    public string Describe(PlanStep step, Estate estate) =>
        $"run {new CommandLine(step.Parameters.Texts(ExecStepSettings.Command)[0], [.. step.Parameters.Texts(ExecStepSettings.Command).Skip(1)])} in {(step.Parameters.OptionalText(ExecStepSettings.Container) is { } container ? $"container {container} of " : "")}{(step.Parameters.Has(ExecStepSettings.Pod) ? "" : "one ready pod of ")}{ExecStepSettings.Target(step.Parameters)} in {step.Parameters.Text("namespace")} at {step.Site}";

    private static string Program(StepContext context) => context.Parameters.Texts(ExecStepSettings.Command)[0];

    private static JsonObject With(JsonObject outputs, JsonObject intent)
    {
        outputs[Pod] = intent.Text(Pod);
        return outputs;
    }

    /// <summary>As for <c>command</c>: what comes from an earlier step is one plain word, and names no option.</summary>
    private static void CheckArguments(StepContext context)
    {
        foreach (var list in (string[])[ExecStepSettings.Command, ExecStepSettings.Observe])
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

    private async Task<Observation> LookAsync(StepContext context, JsonObject intent, CommandStepSettings settings, IReadOnlyList<string> look, CancellationToken cancellationToken)
    {
        var longest = context.Step.Timeout < LongestLook ? context.Step.Timeout : LongestLook;
        var run = await _runs.RunAsync(context, null, look, $"{context.Step.Name}-observe", longest, SendPermit.Unlimited, cancellationToken).ConfigureAwait(false);
        if (run.End is not { ExitCode: { } code } end)
        {
            return run.Failed is { } failed ? new Observation(ObservedAnswer.CannotTell, failed) : new Observation(ObservedAnswer.StillMay, run.Unclear!);
        }

        var answer = settings.AnswerOf(code);
        if (answer is not ObservedAnswer.Happened)
        {
            return new Observation(answer, $"{look[0]} says: {end}", Objects: end.Objects);
        }

        return StepReferences.To(context.Step.Name, context.Plan.AllSteps).Contains(ExitCode) ? new Observation(ObservedAnswer.CannotTell, $"{look[0]} says that it happened, and with which exit code nobody can say", Objects: end.Objects)
            : end.OutputsOf(settings.DeclaredValues, isOfTheStep: false) is { } outputs ? new Observation(answer, $"{look[0]} says: {end}", With(outputs, intent), end.Objects)
            : new Observation(ObservedAnswer.CannotTell, $"{look[0]} says that it happened, and the last line of its output does not have {string.Join(", ", settings.DeclaredValues)}", Objects: end.Objects);
    }
}
