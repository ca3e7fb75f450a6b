"""Debian's Python gRPC client works against the suite from the protos alone."""

import sys

sys.path.insert(0, "tests/harness")
import suite  # noqa: E402
import client  # noqa: E402
import grpc  # noqa: E402


class PythonClientTest(suite.SuiteTest):

    def setUp(self):
        super().setUp()
        self.running = self.start()
        self.channel = grpc.insecure_channel(self.running.addresses["registry"])
        self.addCleanup(self.channel.close)
        self.registry = client.stubs("fangpin.registry.v1.registry_service").RegistryServiceStub(
            self.channel)
        self.pb = client.module("fangpin.registry.v1.registry_service")
        self.household_pb = client.module("fangpin.registry.v1.household")
        self.vocabulary = client.module("fangpin.policy.v1.vocabulary")
        self.metadata = [("authorization", "Bearer " + client.token(
            self.running, subject="desk-1", role="COUNTY_DESK", division="621126000000"))]

    def village(self):
        """The first village of the county that is a village committee."""
        divisions = client.module("fangpin.registry.v1.division_service")
        stub = client.stubs("fangpin.registry.v1.division_service").DivisionServiceStub(self.channel)
        answer = stub.ListDivisions(
            divisions.ListDivisionsRequest(parent_code="621126000000", recursive=True,
                                           page_size=2000), metadata=self.metadata)
        return next(d.code for d in answer.divisions
                    if d.level == divisions.DIVISION_LEVEL_VILLAGE and d.code[9:] >= "200")

    def household(self, id_number):
        person = self.household_pb.Person(
            name="测试甲", id_number=id_number, sex=self.household_pb.SEX_MALE,
            birth_date="1980-03-12",
            relation=self.household_pb.CodedLabel(code="02", label="户主"),
            labour_capacity=self.vocabulary.LABOUR_CAPACITY_ORDINARY,
            health=[self.vocabulary.HEALTH_CONDITION_HEALTHY])
        return self.household_pb.Household(
            national_id="TEST-0001", division=self.village(),
            kind=self.vocabulary.HOUSEHOLD_KIND_ORDINARY, members=[person])

    def create(self, household, **kwargs):
        return self.registry.CreateHousehold(
            self.pb.CreateHouseholdRequest(household=household, reason="互操作测试", **kwargs),
            metadata=self.metadata)

    def test_looks_up_a_person_and_gets_the_household(self):
        number = client.citizen_id("621126", "19800312", 101)
        created = self.create(self.household(number), request_id="r-1").household
        found = self.registry.LookUpPerson(
            self.pb.LookUpPersonRequest(id_number=number.lower(), purpose="核对帮扶对象"),
            metadata=self.metadata)
        self.assertEqual(found.match.household_id, created.id)
        household = self.registry.GetHousehold(
            self.pb.GetHouseholdRequest(household_id=found.match.household_id),
            metadata=self.metadata).household
        self.assertEqual(household.members[0].id_number, number)
        self.assertEqual(household.national_id, "TEST-0001")
        self.assertEqual(household.revision, 1)

    def test_decodes_error_info(self):
        error = client.failure(
            self.registry.GetHousehold,
            self.pb.GetHouseholdRequest(household_id="621126100200999999"), metadata=self.metadata)
        self.assertEqual(error.code, grpc.StatusCode.NOT_FOUND)
        self.assertEqual(error.reason, "HOUSEHOLD_NOT_FOUND")
        self.assertEqual(error.info.domain, "registry.fangpin")

    def test_decodes_field_violations(self):
        number = client.citizen_id("621126", "19800312", 103)
        wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
        error = client.failure(self.create, self.household(wrong), request_id="r-2")
        self.assertEqual(error.code, grpc.StatusCode.INVALID_ARGUMENT)
        violations = {v.field: v.reason for v in error.bad_request.field_violations}
        self.assertEqual(violations.get("household.members[0].id_number"), "ID_NUMBER_CHECK_DIGIT")
        # The message is for people: Chinese, and it does not repeat the number.
        self.assertRegex(error.status.message, "[一-鿿]")
        self.assertNotIn(wrong, error.status.message)

    def test_a_caller_without_a_token_is_refused(self):
        error = client.failure(self.registry.GetHousehold,
                               self.pb.GetHouseholdRequest(household_id="621126100200000001"))
        self.assertEqual(error.code, grpc.StatusCode.UNAUTHENTICATED)
        self.assertEqual(error.reason, "TOKEN_MISSING")

    def test_a_caller_sees_only_its_own_divisions(self):
        created = self.create(
            self.household(client.citizen_id("621126", "19800312", 105)),
            request_id="r-3").household
        elsewhere = [("authorization", "Bearer " + client.token(
            self.running, subject="desk-2", role="COUNTY_DESK", division="621121000000"))]
        error = client.failure(self.registry.GetHousehold,
                               self.pb.GetHouseholdRequest(household_id=created.id),
                               metadata=elsewhere)
        self.assertEqual(error.code, grpc.StatusCode.PERMISSION_DENIED)
        self.assertEqual(error.reason, "SCOPE_DENIED")


if __name__ == "__main__":
    suite.main()
