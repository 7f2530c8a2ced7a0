using System.Globalization;
using System.Text;

namespace DrOrchestrator.Commands;

/// <summary>Programs of this machine that were started with a word of ours in their environment, and still run: also those whose starter is gone.</summary>
internal static class MarkedProcesses
{
    /// <summary>Their numbers, as far as this account may look.</summary>
    public static IReadOnlyList<int> With(string variable, string value)
    {
        var wanted = $"{variable}={value}";
        var found = new List<int>();
        foreach (var folder in Directory.Exists("/proc") ? Directory.EnumerateDirectories("/proc") : [])
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && EnvironmentOf(folder).Contains(wanted, StringComparer.Ordinal))
            {
                found.Add(pid);
            }
        }

        return found;
    }

    /// <summary>Empty for one that has ended, and for another account's.</summary>
    private static string[] EnvironmentOf(string folder)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(folder, "environ"))).Split('\0');
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
