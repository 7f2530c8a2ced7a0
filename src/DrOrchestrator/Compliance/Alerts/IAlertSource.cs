namespace DrOrchestrator.Compliance.Alerts;

/// <summary>Conditions that a slice above knows of; owned by Compliance.</summary>
public interface IAlertSource
{
    /// <summary>Those that hold, as far as is known; waits for nothing.</summary>
    IReadOnlyList<AlertCondition> Conditions();
}
