using DrOrchestrator.Availability;
using DrOrchestrator.Estates;
using DrOrchestrator.Probes;

namespace DrOrchestrator.Web.Api;

/// <summary>A probe in one line: one of <c>GET /probes</c>.</summary>
/// <param name="Target">What it looks at; never a query string, a header or a secret.</param>
/// <param name="Since">Start of the state; null when never observed.</param>
/// <param name="Newest">The newest result, or null.</param>
public sealed record ProbeSummary(
    string Name,
    string System,
    string? Site,
    ProbeRole Role,
    string? Function,
    string Kind,
    string Target,
    TimeSpan Interval,
    TimeSpan Timeout,
    int Confirmations,
    IntervalState State,
    DateTimeOffset? Since,
    string Reason,
    ProbeLookDocument? Newest);

/// <summary>Answer of <c>GET /probes/{name}</c>.</summary>
/// <param name="Recent">The newest results, oldest first.</param>
/// <param name="Failures">The last failures, newest first, kept long after newer good results.</param>
public sealed record ProbeDocument(ProbeSummary Probe, IReadOnlyList<ProbeLookDocument> Recent, IReadOnlyList<FailureDocument> Failures);

/// <summary>One look. Phases that did not happen are null.</summary>
/// <param name="Value">The number it measured, or null.</param>
public sealed record ProbeLookDocument(
    ProbeOutcome Outcome,
    DateTimeOffset StartedAt,
    TimeSpan Duration,
    string Reason,
    double? Value,
    ProbePhasesDocument? Phases,
    DateTimeOffset? CertificateExpires)
{
    /// <summary>Of a result.</summary>
    public static ProbeLookDocument Of(ProbeResult result) => new(
        result.Outcome,
        result.StartedAt,
        result.Duration,
        result.Reason,
        result.Value is { } value && double.IsFinite(value) ? value : null,
        result.Phases is { } phases ? new(phases.Dns, phases.Connect, phases.Tls, phases.FirstByte, phases.Transfer) : null,
        result.CertificateExpires);
}

/// <summary>Where the time went.</summary>
public sealed record ProbePhasesDocument(TimeSpan? Dns, TimeSpan? Connect, TimeSpan? Tls, TimeSpan? FirstByte, TimeSpan? Transfer);

/// <summary>Failures in a row with one reason.</summary>
/// <param name="Notes">What the first of them reached, and when.</param>
public sealed record FailureDocument(ProbeLookDocument First, ProbeLookDocument Last, int Count, IReadOnlyList<ProbeNote> Notes);
