namespace DrOrchestrator.Probes;

/// <summary>One line of the story of a look: what had been reached, and how long after the look began. Holds no secret, no value of a header and no more of a body than a short excerpt.</summary>
/// <param name="At">Since the start of the look.</param>
/// <param name="Text">For people.</param>
public sealed record ProbeNote(TimeSpan At, string Text);
