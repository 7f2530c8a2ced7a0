namespace DrOrchestrator.Estates;

/// <summary>What clause 6 d asks to be monitored.</summary>
public enum ProbeLayer
{
    /// <summary>line: communication lines.</summary>
    Line,

    /// <summary>network: network devices.</summary>
    Network,

    /// <summary>host: hosts and nodes.</summary>
    Host,

    /// <summary>software: databases, middleware, applications.</summary>
    Software,
}

/// <summary>The layer a probe looks at.</summary>
public static class ProbeLayers
{
    /// <summary>As declared, or by its kind; null where the kind says nothing.</summary>
    public static ProbeLayer? LayerOf(this ProbeDefinition probe) => probe.Layer ?? probe.Settings.Kind switch
    {
        "http" or "tcp" or "postgres" => ProbeLayer.Software,
        "kubernetes" => ProbeLayer.Host,
        "icmp" or "dns" => ProbeLayer.Network,
        _ => null,
    };
}
