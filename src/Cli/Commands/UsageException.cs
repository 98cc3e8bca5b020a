namespace KernelFoundry.Cli.Commands;

/// <summary>The command line asks for something that cannot be: the user can put it right.</summary>
internal sealed class UsageException(string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>Runs something whose argument errors are the user's.</summary>
    public static T Check<T>(Func<T> body)
    {
        try
        {
            return body();
        }
        catch (ArgumentException error)
        {
            // Some have a second line with the value.
            throw new UsageException(error.Message.ReplaceLineEndings(" "), error);
        }
    }
}
