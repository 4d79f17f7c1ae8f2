# rustc 1.95.0 (59807616e 2026-04-14)
	shl    $0x2,%dil
	or     %sil,%dil
	mov    SYMBOL(%rip),%eax
	movzbl %dil,%ecx
	add    %ecx,%eax
	cmp    $0x3ffff,%eax
	ja     LABEL
	mov    OFFSET,%rdx
	mov    %eax,%esi
	shr    $0x9,%esi
	mov    %fs:(%rdx,%rsi,8),%rdx
	test   %rdx,%rdx
	je     LABEL
	and    $0x1ff,%eax
	incq   (%rdx,%rax,8)
	ret
