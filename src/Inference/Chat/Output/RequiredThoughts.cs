namespace KernelFoundry.Inference.Chat;

/// <summary>Thoughts before a required call.</summary>
internal enum RequiredThoughts
{
    /// <summary>The call comes at once.</summary>
    None,

    /// <summary>The answer may begin with thoughts, between their markers.</summary>
    Optional,

    /// <summary>The prompt has begun them, so that the answer begins with the rest.</summary>
    Begun,
}
