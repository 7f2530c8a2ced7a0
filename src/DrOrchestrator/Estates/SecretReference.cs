using System.Diagnostics.CodeAnalysis;

namespace DrOrchestrator.Estates;

/// <summary>
/// Where a secret stands: an estate holds the name of it, never the secret itself. Read at every use, so that a rotated file is taken up without a restart. What it
/// prints as is the name, which may stand in logs, evidence and pages.
/// </summary>
public abstract record SecretReference
{
    private SecretReference()
    {
    }

    /// <summary>Reads it; on failure <paramref name="problem"/> says in words what is missing, without any part of the secret.</summary>
    public abstract bool TryRead([MaybeNullWhen(false)] out string value, [MaybeNullWhen(true)] out string problem);

    /// <summary><c>{ env: NAME }</c>: an environment variable of the process.</summary>
    public sealed record Env(string Name) : SecretReference
    {
        /// <inheritdoc />
        public override bool TryRead([MaybeNullWhen(false)] out string value, [MaybeNullWhen(true)] out string problem)
        {
            value = Environment.GetEnvironmentVariable(Name);
            problem = string.IsNullOrEmpty(value) ? $"the environment variable {Name} is not set" : null;
            return problem is null;
        }

        /// <inheritdoc />
        public override string ToString() => $"env:{Name}";
    }

    /// <summary><c>{ file: path }</c>: the first line of a file.</summary>
    /// <param name="Path">Full path.</param>
    public sealed record File(string Path) : SecretReference
    {
        /// <inheritdoc />
        public override bool TryRead([MaybeNullWhen(false)] out string value, [MaybeNullWhen(true)] out string problem)
        {
            try
            {
                value = System.IO.File.ReadLines(Path).FirstOrDefault()?.Trim();
                problem = string.IsNullOrEmpty(value) ? $"the file {Path} is empty" : null;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                value = null;
                problem = $"the file {Path} cannot be read ({exception.GetType().Name})";
            }

            return problem is null;
        }

        /// <inheritdoc />
        public override string ToString() => $"file:{Path}";
    }
}
