namespace DrOrchestrator.Estates;

/// <summary>Figures of service quality; those that are not stated are null.</summary>
/// <param name="AvailabilityPercent">0 to 100.</param>
/// <param name="Latency">What <paramref name="LatencyQuantile"/> of the requests is not slower than.</param>
/// <param name="LatencyQuantile">0 to 1.</param>
/// <param name="Throughput">In the unit the system's probe measures, such as requests a second.</param>
public sealed record QosFigures(decimal? AvailabilityPercent, TimeSpan? Latency, double LatencyQuantile, double? Throughput);

/// <summary>Quality of service of a system (JR/T 0199-2020, clause 6 a to c): what was forecast and why, and what was agreed with the business. LQA floors are the system's <c>lqa:</c>.</summary>
/// <param name="Forecast">From functions, users, regions and hours (6 b).</param>
/// <param name="Basis">What it was forecast from, by key: <c>functions</c>, <c>users</c>, <c>regions</c>, <c>hours</c>.</param>
/// <param name="Targets">Agreed with the business (6 c); null while nothing is agreed.</param>
/// <param name="AgreedWith">The business department.</param>
/// <param name="Source">The document.</param>
/// <param name="Signer">Who signed it.</param>
/// <param name="ReviewBy">It must be reviewed by then.</param>
public sealed record QosPlan(
    QosFigures Forecast, IReadOnlyDictionary<string, string> Basis, QosFigures? Targets, string? AgreedWith, string Source, string Signer, DateOnly ReviewBy);

/// <summary>A product that a system uses (7.2 g).</summary>
/// <param name="Tier">The tier it supports.</param>
/// <param name="Proof">The document that shows it.</param>
public sealed record ProductUse(string Name, int Tier, string Proof);
