using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DrOrchestrator.Drills.Steps.Objects;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Steps.Pods;

/// <summary>What the container of a Job may take.</summary>
/// <param name="Requests">By <c>cpu</c> and <c>memory</c>; what is not given is for the namespace's LimitRange to say.</param>
internal sealed record JobResources(IReadOnlyDictionary<string, string> Requests, IReadOnlyDictionary<string, string> Limits);

/// <summary>The parameters of a <c>k8s.job</c> step, and what stands against them. Pure.</summary>
/// <param name="EnvFrom">Secrets of the namespace whose keys are environment variables.</param>
/// <param name="Pull">Secrets of the namespace with which its image is pulled.</param>
/// <param name="Scratch">Size of an empty volume; null for none.</param>
/// <param name="ScratchClass">Storage class of it; null for the cluster's own choice.</param>
/// <param name="RunAs">Account and group of the container; null for the image's.</param>
internal sealed partial record JobSettings(
    string Image, string? Claim, IReadOnlyList<string> EnvFrom, IReadOnlyList<string> Pull, string? Scratch, string? ScratchClass, JobResources Resources, int? RunAs)
{
    public const string DefaultImage = "dro-sandbox/ledger:1";
    public const string EnvFromSecrets = "env-from-secrets";
    public const string PullSecrets = "pull-secrets";

    private const string Command = "command";
    private const string ClaimName = "claim";
    private const string ScratchSize = "scratch";
    private const string ScratchClassName = "scratch-class";
    private const string ResourcesName = "resources";
    private const string RunAsName = "run-as";
    private const string Reference = "${";

    public static IReadOnlyList<ParameterShape> Shapes { get; } =
    [
        SiteCalls.NamespaceParameter,
        new(Command, ParameterType.TextList, true, "Program and arguments."),
        new("env", ParameterType.Object, false, "Environment by name; no secrets."),
        new(EnvFromSecrets, ParameterType.TextList, false, "Secrets of the namespace: each key of theirs is an environment variable. Their values are taken out of the log."),
        new(ClaimName, ParameterType.Text, false, "PersistentVolumeClaim to mount at /data."),
        new(ScratchSize, ParameterType.Text, false, $"Size (50Gi) of an empty volume at {JobManifest.ScratchPath}, made for the Job's pod and gone with it."),
        new(ScratchClassName, ParameterType.Text, false, "Storage class of it; the cluster's default without it."),
        new("image", ParameterType.Text, false, $"Container image; {DefaultImage} by default."),
        new(PullSecrets, ParameterType.TextList, false, "Secrets of the namespace with which the image is pulled."),
        new(ResourcesName, ParameterType.Object, false, "requests and limits, each with cpu and memory, as a container has them; what the namespace's LimitRange says without them."),
        new(RunAsName, ParameterType.Integer, false, "Number of the account and group it runs as, with no privileges: what pod security 'restricted' asks for. The image's account without it."),
        new("outputs", ParameterType.TextList, false, "Fields the last line of log, a JSON object, must have."),
        new("failed-means-no-effect-exit-codes", ParameterType.TextList, false, "Exit codes by which the command says that it changed nothing."),
    ];

    /// <summary>All the Secrets that must be in its namespace.</summary>
    public IEnumerable<string> Secrets => EnvFrom.Concat(Pull).Distinct(StringComparer.Ordinal);

    /// <summary>The same of a plan's step, which may leave some to another step.</summary>
    public static IEnumerable<string> SecretsOf(StepParameters with) => with.Texts(EnvFromSecrets).Concat(with.Texts(PullSecrets)).Distinct(StringComparer.Ordinal);

    /// <exception cref="StepFailedException">A value that came from another step is none that is allowed.</exception>
    public static JobSettings Of(StepParameters with)
    {
        if (Judge(with).FirstOrDefault() is { } problem)
        {
            throw new StepFailedException($"{problem.Parameter}: {problem.Found}; allowed: {problem.Allowed}");
        }

        var resources = with.Object(ResourcesName);
        return new JobSettings(
            with.OptionalText("image") ?? DefaultImage,
            with.OptionalText(ClaimName),
            with.Texts(EnvFromSecrets),
            with.Texts(PullSecrets),
            with.OptionalText(ScratchSize),
            with.OptionalText(ScratchClassName),
            new JobResources(Amounts(resources?["requests"]), Amounts(resources?["limits"])),
            with.Has(RunAsName) ? (int)with.Integer(RunAsName) : null);
    }

    /// <summary>What is wrong with them; of the parameters of a rehearsal too, which are only some.</summary>
    public static IEnumerable<ParameterProblem> Judge(StepParameters with) =>
        [.. NameProblems(with), .. ScratchProblems(with), .. ResourceProblems(with), .. AccountProblems(with), .. SecretValues(with)];

    private static IEnumerable<ParameterProblem> NameProblems(StepParameters with)
    {
        foreach (var list in (string[])[EnvFromSecrets, PullSecrets])
        {
            foreach (var name in with.Texts(list).Where(name => IsKnown(name) && !Name().IsMatch(name)))
            {
                yield return new(list, $"'{list}' has '{name}'", "names of Secrets in the Job's namespace", name.Contains('/', StringComparison.Ordinal) ? "A pod takes Secrets of its own namespace alone: have k8s.namespace copy it, and write its name." : "Write the name.");
            }
        }

        if (with.OptionalText(ScratchClassName) is { } storage && IsKnown(storage) && !Name().IsMatch(storage))
        {
            yield return new(ScratchClassName, $"'{ScratchClassName}' is '{storage}'", "the name of a StorageClass", "Write the name.");
        }
    }

    private static IEnumerable<ParameterProblem> ScratchProblems(StepParameters with)
    {
        if (with.OptionalText(ScratchSize) is { } size && IsKnown(size) && (Quantities.Amount(size) < 1 || size.EndsWith('m')))
        {
            yield return new(ScratchSize, $"'{ScratchSize}' is '{size}'", "a size: 500Mi, 50Gi, 2Ti", "Write how large what is restored may become.");
        }

        if (with.Has(Command) && with.Has(ScratchClassName) && !with.Has(ScratchSize))
        {
            yield return new(ScratchClassName, $"'{ScratchClassName}' without '{ScratchSize}'", $"it beside '{ScratchSize}'", "Write the size, or remove the class.");
        }

        // The group by which an unprivileged account may write a fresh volume would be given to every file on the claim too: PostgreSQL starts on no folder that its group may enter.
        if (with.Has(ScratchSize) && with.Has(ClaimName) && with.Has(RunAsName))
        {
            yield return new(RunAsName, $"'{RunAsName}' beside '{ScratchSize}' and '{ClaimName}'", $"'{RunAsName}' with one of them", "Work on the claim, or on the scratch volume.");
        }
    }

    private static IEnumerable<ParameterProblem> ResourceProblems(StepParameters with)
    {
        const string Allowed = "requests and limits, each with cpu and memory: { limits: { cpu: \"2\", memory: 4Gi } }";
        if (!with.Has(ResourcesName))
        {
            yield break;
        }

        if (with.Object(ResourcesName) is not { Count: > 0 } resources || resources.Any(part => part.Key is not ("requests" or "limits") || part.Value is not JsonObject amounts || amounts.Any(one => one.Key is not ("cpu" or "memory") || !IsAmount(one.Value))))
        {
            yield return new(ResourcesName, with.Values[ResourcesName]!.ToJsonString(), Allowed, $"Correct it; quantities are {Quantities.Examples}.");
            yield break;
        }

        var (requests, limits) = (Amounts(resources["requests"]), Amounts(resources["limits"]));
        foreach (var name in requests.Keys.Where(name => limits.TryGetValue(name, out var limit) && IsKnown(limit) && IsKnown(requests[name]) && Quantities.Amount(requests[name]) > Quantities.Amount(limit)))
        {
            yield return new(ResourcesName, $"it requests {requests[name]} of {name} and is limited to {limits[name]}", "no more than the limit", "Raise the limit, or request less.");
        }
    }

    private static IEnumerable<ParameterProblem> AccountProblems(StepParameters with)
    {
        if (with.OptionalText(RunAsName) is { } account && IsKnown(account) && !(int.TryParse(account, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0))
        {
            yield return new(RunAsName, $"'{RunAsName}' is '{account}'", "the number of an account, 1 or more", "Write the number the image has for it: 26 or 999 in images of PostgreSQL.");
        }
    }

    /// <summary>What stands in a plan stands in the journal, in the evidence and in the cluster's own audit log.</summary>
    private static IEnumerable<ParameterProblem> SecretValues(StepParameters with)
    {
        foreach (var problem in SecretWords.Judge(Command, with.Texts(Command)))
        {
            yield return problem;
        }

        foreach (var (name, value) in with.Object("env") ?? [])
        {
            if (value?.ToString() is { Length: > 0 } text && IsKnown(text) && !Variable().IsMatch(text) && (SecretFields.IsNamed(name) || SecretFields.HasPassword(text) || SecretWords.AreIn($"{name}={text}") || SecretWords.AreIn(text)))
            {
                yield return new("env", $"'env' has a value at '{name}', which by its name or form holds a secret", "no secret: a plan stands in the journal and in the evidence", $"Put it into a Secret of the namespace and name that under '{EnvFromSecrets}'.");
            }
        }
    }

    private static bool IsAmount(JsonNode? value) => value is JsonValue && (!IsKnown(value.ToString()) || Quantities.Amount(value.ToString()) > 0);

    /// <summary>Whether it stands in the plan, and does not come from another step.</summary>
    private static bool IsKnown(string text) => !text.Contains(Reference, StringComparison.Ordinal);

    private static Dictionary<string, string> Amounts(JsonNode? part) => (part as JsonObject ?? []).ToDictionary(one => one.Key, one => one.Value!.ToString(), StringComparer.Ordinal);

    /// <summary>A value that is another variable of the container, whole.</summary>
    [GeneratedRegex(@"^\$\([A-Za-z_][A-Za-z0-9_.-]*\)$", RegexOptions.CultureInvariant)]
    private static partial Regex Variable();

    [GeneratedRegex("^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
