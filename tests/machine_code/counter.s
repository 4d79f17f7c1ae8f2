# rustc 1.95.0 (59807616e 2026-04-14)
	shl    $0x2,%dil
	or     %sil,%dil
	mov    SYMBOL(%rip),%eax
	movzbl %dil,%edi
	add    %edi,%eax
	cmp    $0x3ffff,%eax
	ja     LABEL
	mov    OFFSET,%rcx
	mov    %eax,%edx
	shr    $0x9,%edx
	mov    %fs:(%rcx,%rdx,8),%rcx
	test   %rcx,%rcx
	je     LABEL
	and    $0x1ff,%eax
	incq   (%rcx,%rax,8)
	ret
