namespace Keelson.Oci.Spec;

/// <summary>A condition on one argument.</summary>
/// <param name="Index">0 to 5.</param>
/// <param name="Value">The operand; the mask for <c>SCMP_CMP_MASKED_EQ</c>.</param>
/// <param name="ValueTwo">The value compared with under <c>SCMP_CMP_MASKED_EQ</c>.</param>
/// <param name="Op"><c>SCMP_CMP_EQ</c> and its like.</param>
public sealed record SyscallArgSpec(uint Index, ulong Value, ulong ValueTwo, string Op);
