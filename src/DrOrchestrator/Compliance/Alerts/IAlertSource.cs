namespace DrOrchestrator.Compliance.Alerts;

/// <summary>Conditions that a slice above, or the composition, knows of; owned by Compliance.</summary>
public interface IAlertSource
{
    /// <summary>Those that hold, as far as is known.</summary>
    Task<IReadOnlyList<AlertCondition>> ReadAsync(CancellationToken cancellationToken);
}
