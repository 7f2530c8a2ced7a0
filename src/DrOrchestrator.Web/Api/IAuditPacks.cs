namespace DrOrchestrator.Web.Api;

/// <summary>Writes audit packs (审计取证包).</summary>
public interface IAuditPacks
{
    /// <summary>Writes the pack of a run, or of everything.</summary>
    Task WriteAsync(Stream output, long? run, CancellationToken cancellationToken);
}
