using System.Runtime.CompilerServices;

namespace DrOrchestrator.EndToEnd.Harness;

/// <summary>A test's own folder below the test binaries: taken away when the test passed, kept for whoever looks into a failure until the test runs again.</summary>
internal static class WorkFolder
{
    public static async Task UseAsync(Func<string, Task> test, [CallerMemberName] string name = "")
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "work", name);
        Remove(folder);
        Directory.CreateDirectory(folder);
        await test(folder);
        Remove(folder);
    }

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
