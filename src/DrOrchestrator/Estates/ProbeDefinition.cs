namespace DrOrchestrator.Estates;

/// <summary>What a probe stands for.</summary>
public enum ProbeRole
{
    /// <summary>service: by the way users come in; decides availability.</summary>
    Service,

    /// <summary>standby: readiness of the other site.</summary>
    Standby,

    /// <summary>component: explains.</summary>
    Component,
}

/// <summary>One repeated observation.</summary>
/// <param name="System">The system it belongs to.</param>
/// <param name="Site">The site it looks at, or null where it comes in as users do.</param>
/// <param name="Function">The business function a service probe stands for; null otherwise.</param>
/// <param name="Confirmations">Results in a row that confirm a change of state, 1 or more.</param>
public sealed record ProbeDefinition(
    string Name,
    string System,
    string? Site,
    ProbeRole Role,
    string? Function,
    TimeSpan Interval,
    TimeSpan Timeout,
    int Confirmations,
    ProbeSettings Settings)
{
    /// <summary>The layer it looks at (6 d), where the estate says so; else its kind tells (<see cref="ProbeLayers.LayerOf"/>).</summary>
    public ProbeLayer? Layer { get; init; }

    /// <summary>Of how many newest results <see cref="Confirmations"/> failures confirm an interruption; equal to it where they must stand in a row.</summary>
    public int ConfirmationsOf { get; init; } = Confirmations;

    /// <summary>The LQA floors it is held to.</summary>
    public IReadOnlyList<LqaFloor> Floors { get; init; } = [];
}

/// <summary>What a kind of probe needs to know; <see cref="Kind"/> is the word in YAML and the key into <c>ProbeKinds</c>.</summary>
public abstract record ProbeSettings(string Kind)
{
    /// <summary>What it looks at, for pages and logs: an address or a name, never a secret, a query string or a value that may hold one.</summary>
    public abstract string Target { get; }
}
