using DrOrchestrator.Cli.Client;
using DrOrchestrator.Cli.Output;

namespace DrOrchestrator.Cli.Quickstart;

/// <summary>Whether a switch may be shown: every system is up, every exposure is known and every standby protected. Pure.</summary>
internal static class SteadyState
{
    /// <summary>What is still missing, or null.</summary>
    public static string? Missing(StatusView status)
    {
        if (status.Systems.Count == 0)
        {
            return "the server knows no system";
        }

        foreach (var system in status.Systems)
        {
            if (system.State != "up")
            {
                return $"{system.Name} is {Wording.Kebab(system.State)}{(system.Reason.Length > 0 ? $" ({system.Reason})" : "")}";
            }

            if (system.Exposures.Count == 0)
            {
                return $"the exposure of {system.Name} is not known";
            }

            foreach (var exposure in system.Exposures)
            {
                // The gate before the switch holds the upper bound to the limit: a standby that was behind at the first look has none yet.
                if (exposure.Highest is null || Wording.Kebab(exposure.Replication) != "protected")
                {
                    return $"the exposure of {system.Name} towards {exposure.Standby} is {(exposure.Highest is null ? "not known" : Wording.Kebab(exposure.Replication))}{(exposure.Reason is { Length: > 0 } reason ? $" ({reason})" : "")}";
                }
            }
        }

        return null;
    }
}
