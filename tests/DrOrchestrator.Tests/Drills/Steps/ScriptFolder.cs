using System.Runtime.Versioning;

namespace DrOrchestrator.Tests.Drills.Steps;

/// <summary>A folder with programs of a test, below its own binaries: the product starts none that others could replace.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class ScriptFolder : IDisposable
{
    public string Path { get; } = Directory.CreateDirectory(System.IO.Path.Combine(AppContext.BaseDirectory, "work", $"scripts-{Guid.NewGuid():N}")).FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>A program of that text; its full path.</summary>
    public string Script(string name, string text)
    {
        System.IO.File.WriteAllText(File(name), $"#!/bin/sh\n{text}\n");
        System.IO.File.SetUnixFileMode(File(name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return File(name);
    }

    public string Read(string name) => System.IO.File.Exists(File(name)) ? System.IO.File.ReadAllText(File(name)) : "";

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
