using DrOrchestrator.Estates;

namespace DrOrchestrator.Probes;

/// <summary>Secrets at the moment of their use.</summary>
internal static class Secrets
{
    /// <exception cref="LookEndedException">It cannot be read: a failure of our own side.</exception>
    public static string Read(SecretReference reference) =>
        reference.TryRead(out var value, out var problem) ? value : throw new LookEndedException(Finding.Unknown($"could not look: {problem}"));

    /// <summary>Reads it for a look, none of whose words will hold it.</summary>
    public static string Read(SecretReference reference, Look look)
    {
        var value = Read(reference);
        look.Hide(value);
        return value;
    }
}
