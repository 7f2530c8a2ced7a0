namespace DrOrchestrator.Cli.Client;

/// <summary>A probe in one line.</summary>
internal sealed record ProbeLineView(string Name, string System, string Kind, string Target, string State, DateTimeOffset? Since, string Reason, LookView? Newest);

/// <summary>Answer of <c>GET /probes/{name}</c>.</summary>
internal sealed record ProbeView(ProbeLineView Probe, IReadOnlyList<LookView> Recent, IReadOnlyList<FailureView> Failures);

/// <summary>One look.</summary>
internal sealed record LookView(string Outcome, DateTimeOffset StartedAt, TimeSpan Duration, string Reason);

/// <summary>Failures in a row.</summary>
internal sealed record FailureView(LookView First, LookView Last, int Count, IReadOnlyList<NoteView> Notes);

/// <summary>One line of a story.</summary>
internal sealed record NoteView(TimeSpan At, string Text);
