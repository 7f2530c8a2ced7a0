namespace DrOrchestrator.Estates;

/// <summary>Who serves now: as declared by the estate until a run has moved it; runs keep it in the journal, so it survives a restart.</summary>
public interface IServingSites
{
    /// <summary>The site that serves the system now.</summary>
    string ServingSiteOf(string system);
}
