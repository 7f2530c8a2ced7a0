using DrOrchestrator.Estates;

namespace DrOrchestrator.Plans;

/// <summary>What a step kind can do to the world; decides what a crash and a rollback may do.</summary>
public enum StepEffect
{
    /// <summary>Looks or waits only; after a crash it is simply done again.</summary>
    None,

    /// <summary>Changes something and knows how to undo it.</summary>
    Reversible,

    /// <summary>Changes something for good; rollback stops here and a person's word is needed.</summary>
    Irreversible,
}

/// <summary>The type of a parameter.</summary>
public enum ParameterType
{
    /// <summary>Any text.</summary>
    Text,

    /// <summary>A whole number (or a reference to one).</summary>
    Integer,

    /// <summary>true or false.</summary>
    Boolean,

    /// <summary>See <see cref="Durations"/>.</summary>
    Duration,

    /// <summary>A list of texts.</summary>
    TextList,

    /// <summary>A tree the kind reads itself.</summary>
    Object,

    /// <summary>Name of a site of the estate.</summary>
    SiteName,

    /// <summary>Name of a probe of the estate.</summary>
    ProbeName,

    /// <summary>Name of an endpoint of the estate.</summary>
    EndpointName,

    /// <summary>Name of a recovery point of the estate.</summary>
    RecoveryPointName,

    /// <summary>Name of a database of the estate, of a system of the plan.</summary>
    DatabaseName,

    /// <summary>Name of a restore place of the estate, of a system of the plan.</summary>
    RestorePlaceName,

    /// <summary>Name of another step of the plan.</summary>
    StepName,

    /// <summary>A file of manifests beside the plan, by its path from the plan's folder.</summary>
    ManifestFile,

    /// <summary>A person role word.</summary>
    RoleName,

    /// <summary>Id of a person of the estate, or a department that a person or a system of it belongs to.</summary>
    OwnerName,
}

/// <summary>One parameter of a kind.</summary>
/// <param name="OneOf">The allowed words, or null for any.</param>
public sealed record ParameterShape(string Name, ParameterType Type, bool Required, string Description, IReadOnlyList<string>? OneOf = null)
{
    /// <summary>The tier from which on the parameter must be given although others may leave it out; null for none.</summary>
    public int? RequiredFromTier { get; init; }

    /// <summary>A list in which one text may stand more than once, as arguments of a program do.</summary>
    public bool MayRepeat { get; init; }
}

/// <summary>What a plan may say of a kind; the loader, the JSON Schema and <c>dro plan</c> read it.</summary>
/// <param name="Kind">The word, e.g. <c>k8s.scale</c>.</param>
/// <param name="NeedsSite">The step must name a site that has a Kubernetes context.</param>
/// <param name="Outputs">Names that later steps may refer to.</param>
public sealed record StepKindShape(
    string Kind,
    StepEffect Effect,
    bool NeedsSite,
    string Description,
    IReadOnlyList<ParameterShape> Parameters,
    IReadOnlyList<string> Outputs)
{
    /// <summary>A step of this kind proves that an old side cannot write (旧主隔离): a promotion may name it as <c>fenced-by</c>.</summary>
    public bool IsFence { get; init; }

    /// <summary>A step of this kind changes nothing at its endpoint: it tells people. Many a receiver is one host for all groups of all customers.</summary>
    public bool OnlyTells { get; init; }

    /// <summary>A step of this kind always makes a site writable: <c>promotes: none</c> is no word for it.</summary>
    public bool AlwaysPromotes { get; init; }

    /// <summary>The parameter that names the fence which a step of this kind ends; null for kinds that end none.</summary>
    public string? LiftsFence { get; init; }

    /// <summary>The parameter that lists the plans one of which has left the fence that a step of this kind ends: its run must be named at the start. Null for other kinds.</summary>
    public string? EndsEarlierFenceOf { get; init; }

    /// <summary>What stands against parameters that are of the right type; null for kinds that take all of those.</summary>
    public Func<StepParameters, IEnumerable<ParameterProblem>>? Judge { get; init; }

    /// <summary>A gate that only a real incident is asked: in a drill, and on the calendar, what it asks for is not so by intention.</summary>
    public bool OnlyInReal { get; init; }

    /// <summary>The database at <c>database:</c> must be reached on its own host too.</summary>
    public bool NeedsDatabaseHost { get; init; }

    /// <summary>Of a kind that knows how to undo: whether a step with these parameters cannot be taken back all the same. Null where every step can.</summary>
    public Func<StepParameters, bool>? CannotBeTakenBack { get; init; }

    /// <summary>Outputs that a step declares itself, besides those of the kind; null for kinds that have none such.</summary>
    public Func<StepParameters, IEnumerable<string>>? DeclaredOutputs { get; init; }

    /// <summary>What a failed step of this kind leads to where its plan says nothing; null for what the run's mode says.</summary>
    public OnFailure? UsualOnFailure { get; init; }

    /// <summary>Full paths of the programs that a step starts on the orchestrator's machine, and the server must allow; null for kinds that start none.</summary>
    public Func<StepParameters, IEnumerable<string>>? Programs { get; init; }

    /// <summary>Full paths of the files that hold the secrets a step uses, beside those of endpoints and databases of the estate; null for kinds that have none.</summary>
    public Func<StepParameters, IEnumerable<string>>? SecretFiles { get; init; }

    /// <summary>
    /// What stands against the parameters of a rehearsal, beside those of all steps of this kind as they are live; null for kinds whose targets are sites, endpoints and databases
    /// of the estate, which are judged for all kinds alike.
    /// </summary>
    public Func<StepParameters, IReadOnlyList<StepParameters>, IEnumerable<ParameterProblem>>? JudgeRehearsal { get; init; }

    /// <summary>What stands against a document of the manifests that a step names; null for kinds that name none.</summary>
    public Func<ManifestDocument, IEnumerable<ManifestProblem>>? JudgeManifest { get; init; }

    /// <summary>A step of this kind acts on a namespace that its run makes for itself; its output <c>namespace</c> names it. No other run ever acts there.</summary>
    public bool MakesNamespace { get; init; }

    /// <summary>Namespaces of its site from which a step copies Secrets; null for kinds that copy none.</summary>
    public Func<StepParameters, IEnumerable<string>>? CopiesFrom { get; init; }

    /// <summary>Names of the Secrets that a step copies into the namespace that it makes; null for kinds that copy none.</summary>
    public Func<StepParameters, IEnumerable<string>>? CopiesSecrets { get; init; }

    /// <summary>Names of the Secrets of its namespace without which a step cannot do its work; null for kinds that take none.</summary>
    public Func<StepParameters, IEnumerable<string>>? NeedsSecrets { get; init; }
}

/// <summary>Why a value is not taken.</summary>
/// <param name="Parameter">Its name.</param>
public sealed record ParameterProblem(string Parameter, string Found, string Allowed, string Remedy);

/// <summary>The kinds a plan may use. Owned by Plans, filled by Drills.</summary>
public interface IStepKindCatalog
{
    /// <summary>Step kinds by word.</summary>
    IReadOnlyDictionary<string, StepKindShape> Steps { get; }

    /// <summary>Gate kinds by word.</summary>
    IReadOnlyDictionary<string, StepKindShape> Gates { get; }

    /// <summary>Steady-state checks by word.</summary>
    IReadOnlyDictionary<string, StepKindShape> SteadyState { get; }

    /// <summary>What a step would do, in one line.</summary>
    string Describe(PlanStep step, Estate estate) => Steps[step.Kind].Description;
}
